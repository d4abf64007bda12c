#!/bin/sh
# The first program of the other kernel. It sees the host's files, read-only: what a test writes goes to memory.
# $EXCHANGE, from the kernel's command line, is a folder of the host and the only one that is written.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /run
mkdir /run/exchange
mount -t hostfs -o "$EXCHANGE" hostfs /run/exchange
# CHECKOUT, MODULES and KMOD: folders of the host.
. /run/exchange/settings

mount -t tmpfs tmpfs /tmp
# Where programs keep what they know. The lab tidies up there.
mount -t tmpfs tmpfs /var/lib
mkdir /dev/shm
mount -t tmpfs tmpfs /dev/shm
# A checkout below one of these was just covered.
if [ ! -d "$CHECKOUT" ]; then
  mkdir -p "$CHECKOUT"
  mount -t hostfs -o "ro,$CHECKOUT" hostfs "$CHECKOUT"
fi

# The kernel calls this for a link kind, qdisc or protocol that it does not have yet, as on any machine.
mkdir -p /run/kernel/lib/modules
ln -s "$MODULES/$(uname -r)" /run/kernel/lib/modules/
for kmod in "$KMOD/bin/kmod" "$KMOD/usr/bin/kmod"; do
  [ -x "$kmod" ] && ln -sf "$kmod" /run/kernel/modprobe
done
cat >/run/kernel/load-module <<'END'
#!/bin/sh
exec /run/kernel/modprobe -d /run/kernel "$@"
END
chmod +x /run/kernel/load-module
echo /run/kernel/load-module >/proc/sys/kernel/modprobe

for module in ipv6 tun; do /run/kernel/load-module "$module"; done
# Else ipip, once loaded, puts its tunl0 into every new namespace, where tests count links.
echo 1 >/proc/sys/net/core/fb_tunnels_only_for_init_net
ip link set lo up

uname -r >/run/exchange/kernel
cd "$CHECKOUT" && sh /run/exchange/command
echo $? >/run/exchange/status

umount /run/exchange
echo o >/proc/sysrq-trigger
# Switching off takes a moment, and the kernel panics when its first program ends.
sleep 60
