/*
 * Loaded into user-mode-linux before libc: a ptrace(2) that can put back the vector registers of any processor, and
 * that lets no program of the guest outlive its kernel.
 *
 * UML keeps the extended state of each guest thread in 2,696 bytes (FP_SIZE in arch/x86/um of Linux 6.1: all up
 * to AVX-512 and PKRU). Linux takes back only a whole state (xstateregs_set() in arch/x86/kernel/fpu/regset.c),
 * and where the processor has AMX a whole one is 11,008 bytes: UML dies of EFAULT before its first program runs.
 * So what UML hands over is filled up to a whole state here. The parts it never saw stay in their initial state:
 * a program gets AMX only when it asks for it by arch_prctl(2), which the guest's kernel does not have.
 *
 * A program of the guest is a process of the host whose system calls UML catches. Were UML killed, it would go on
 * and call the host, as root. PTRACE_O_EXITKILL, which UML of Linux 6.1 does not ask for, ends it with its tracer.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* XSTATE_BV, the first word of the XSAVE header: which parts are not in their initial state (Intel SDM 1, 13.4.2). */
#define PARTS_IN_USE 512
/* x87, SSE, AVX, two of MPX, three of AVX-512, one for the kernel, PKRU: the ten that 2,696 bytes hold. */
#define PARTS_UML_KEEPS UINT64_C(0x3ff)

static long set_whole_xstate(long pid, const struct iovec *kept) {
  static unsigned char whole[64 * 1024];
  struct iovec state = {.iov_base = whole, .iov_len = sizeof(whole)};

  /* Reading says how long a whole state is here. */
  if (syscall(SYS_ptrace, PTRACE_GETREGSET, pid, (long)NT_X86_XSTATE, &state) < 0)
    return -1;
  if (kept->iov_len < PARTS_IN_USE + sizeof(uint64_t) || kept->iov_len >= state.iov_len)
    return syscall(SYS_ptrace, PTRACE_SETREGSET, pid, (long)NT_X86_XSTATE, kept);

  memcpy(whole, kept->iov_base, kept->iov_len);
  uint64_t parts;
  memcpy(&parts, whole + PARTS_IN_USE, sizeof(parts));
  parts &= PARTS_UML_KEEPS;
  memcpy(whole + PARTS_IN_USE, &parts, sizeof(parts));
  return syscall(SYS_ptrace, PTRACE_SETREGSET, pid, (long)NT_X86_XSTATE, &state);
}

long ptrace(enum __ptrace_request request, ...) {
  va_list arguments;
  va_start(arguments, request);
  long pid = va_arg(arguments, int);
  void *address = va_arg(arguments, void *);
  void *data = va_arg(arguments, void *);
  va_end(arguments);

  if (request == PTRACE_SETREGSET && address == (void *)NT_X86_XSTATE)
    return set_whole_xstate(pid, data);
  if (request == PTRACE_SETOPTIONS)
    data = (void *)((unsigned long)data | PTRACE_O_EXITKILL);
  if (request != PTRACE_PEEKTEXT && request != PTRACE_PEEKDATA && request != PTRACE_PEEKUSER)
    return syscall(SYS_ptrace, request, pid, address, data);

  /* The system call stores the word that libc's function answers with (ptrace(2), "C library/kernel differences"). */
  long word;
  if (syscall(SYS_ptrace, request, pid, address, &word) < 0)
    return -1;
  errno = 0;
  return word;
}
