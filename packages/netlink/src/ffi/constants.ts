/** Numbers of sockets and namespaces (asm-generic/socket.h, linux/netlink.h, linux/sched.h). */

/** Address families: of unix sockets, of netlink sockets. */
export const AF_UNIX = 1;
export const AF_NETLINK = 16;

export const SOCK_RAW = 3;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;

export const NETLINK_ROUTE = 0;
export const NETLINK_NETFILTER = 12;
export const NETLINK_GENERIC = 16;

export const SOL_SOCKET = 1;
export const SO_RCVBUF = 8;
export const SO_ATTACH_FILTER = 26;
/** Like SO_RCVBUF, past the system's limit; needs CAP_NET_ADMIN. */
export const SO_RCVBUFFORCE = 33;

export const SOL_NETLINK = 270;
export const NETLINK_ADD_MEMBERSHIP = 1;
/** Do not send the failed request back with its error (Linux 4.3). */
export const NETLINK_CAP_ACK = 10;
/** Send the kernel's words with an error (Linux 4.12). */
export const NETLINK_EXT_ACK = 11;
/** Refuse, rather than ignore, what a dump request asks and the kernel does not know (Linux 4.20). */
export const NETLINK_GET_STRICT_CHK = 12;

export const MSG_DONTWAIT = 0x40;
export const MSG_NOSIGNAL = 0x4000;
export const MSG_TRUNC = 0x20;

export const CLONE_NEWNET = 0x4000_0000;
/** Type of the file system that namespaces are files of (linux/magic.h). */
export const NSFS_MAGIC = 0x6e73_6673;

export const EAGAIN = 11;
export const EINTR = 4;
export const ECONNABORTED = 103;
export const ENOBUFS = 105;
