/* Notes of DELs that the daemon could not be asked for: files in `del/` beside its socket, which it works off. */
#ifndef POPLIN_TOMBSTONE_H
#define POPLIN_TOMBSTONE_H

#include "beside.h"
#include "error.h"

/* "<nanoseconds of CLOCK_REALTIME, 20 digits>-<process id>.del": the order of names is the order in time. */
#define TOMBSTONE_NAME_SIZE 48

/* A tombstone that was left. */
struct tombstone {
	char directory[BESIDE_SIZE];
	char name[TOMBSTONE_NAME_SIZE];
};

/*
 * Leaves an encoded poplin.cni.v1.DelRequest, which appears under its name only when it is whole. Makes the directory where it is
 * missing. It is not forced to the disk: it belongs to a tmpfs, and what a crash of the host takes with it, that crash also
 * took from the pod. Fails with CNI_IO_FAILURE.
 */
bool tombstone_leave(struct tombstone *tombstone, const char *socket, struct bytes request,
		     struct cni_error *error);

/* Takes a tombstone back; the daemon may have been faster. */
void tombstone_remove(const struct tombstone *tombstone);

#endif
