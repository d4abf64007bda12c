import { littleEndian, viewOf } from '../codec/byte-order.js';
import { RTM } from '../rtnetlink/message-types.js';

/** Instructions of a classic BPF program (linux/bpf_common.h): what is loaded, compared, returned. */
const LOAD_HALF = 0x28; // BPF_LD | BPF_H | BPF_ABS
const LOAD_WORD = 0x20; // BPF_LD | BPF_W | BPF_ABS
const JUMP_IF_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const RETURN = 0x06; // BPF_RET | BPF_K

/** Where a message has its type and its port (`struct nlmsghdr`). */
const TYPE_OFFSET = 4;
const PORT_OFFSET = 12;

const EVERYTHING = 0xffff_ffff;

/** The events in which the kernel names the port of the request that made them (rtmsg_fib, inet6_rt_notify, neigh_update_notify); it does not where a neighbour goes. */
const named = [RTM.NEWROUTE, RTM.DELROUTE, RTM.NEWNEIGH] as const;

/** That a link's settings go with it: nobody is told of it, and each link that goes sends it four times. */
const unheard = RTM.DELNETCONF;

/**
 * A program for SO_ATTACH_FILTER that keeps such events from a socket, as far as they tell what one other socket has
 * asked for: they are dropped before they take room in the queue. Whoever asked knows already. What no event stands for is dropped as well.
 *
 * @param port - netlink port of that socket, in the namespace where the events are.
 */
export function echoFilter(port: number): Uint8Array {
  const program = [
    instruction(LOAD_HALF, TYPE_OFFSET),
    // To the end: over the types, and the three instructions behind them.
    instruction(JUMP_IF_EQUAL, asLoaded(unheard, 2), named.length + 3, 0),
    // Jumps are counted from the next instruction: to the load of the port, or on to the next type.
    ...named.map((type, i) =>
      instruction(
        JUMP_IF_EQUAL,
        asLoaded(type, 2),
        named.length - 1 - i,
        i === named.length - 1 ? 2 : 0,
      ),
    ),
    instruction(LOAD_WORD, PORT_OFFSET),
    instruction(JUMP_IF_EQUAL, asLoaded(port, 4), 1, 0),
    instruction(RETURN, EVERYTHING),
    instruction(RETURN, 0),
  ];
  return Uint8Array.from(program.flatMap((bytes) => [...bytes]));
}

/** One `struct sock_filter`: the jumps are taken when the comparison holds, and when it does not. */
function instruction(code: number, operand: number, ifTrue = 0, ifFalse = 0): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = viewOf(bytes);
  view.setUint16(0, code, littleEndian);
  bytes[2] = ifTrue;
  bytes[3] = ifFalse;
  view.setUint32(4, operand, littleEndian);
  return bytes;
}

/** A number in host order, as a program that loads in network order sees it. */
function asLoaded(value: number, size: 2 | 4): number {
  const view = new DataView(new ArrayBuffer(size));
  if (size === 2) {
    view.setUint16(0, value, littleEndian);
    return view.getUint16(0);
  }
  view.setUint32(0, value, littleEndian);
  return view.getUint32(0);
}
