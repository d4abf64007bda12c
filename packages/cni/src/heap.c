/*
 * malloc() for a process that lives for some milliseconds. It is handed memory once, for all that one call needs; what is freed
 * is kept for the next who wants as much. musl's own maps and unmaps pages as it goes, which took longer than all else that the shim
 * does by itself (docs/decisions/0030-the-shim-is-linked-with-musl.md).
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* What an ADD needs, and some more. */
#define FIRST_CHUNK (64 << 10)
#define LATER_CHUNK (1 << 20)
#define ALIGNMENT 16

/* In front of what the caller gets. */
struct block {
	size_t size;
	struct block *next_free;
};

_Static_assert(sizeof(struct block) % ALIGNMENT == 0, "what follows a block's head is aligned");

static struct block *freed;
static uint8_t *chunk, *chunk_end;

static bool open_chunk(size_t size)
{
	size_t least = chunk ? LATER_CHUNK : FIRST_CHUNK;
	size_t wanted = size > least ? size : least;
	/* All pages of the first one at once: each is wanted, and would be a fault of its own. */
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | (chunk ? 0 : MAP_POPULATE);
	void *memory = mmap(NULL, wanted, PROT_READ | PROT_WRITE, flags, -1, 0);
	if (memory == MAP_FAILED)
		return false;
	chunk = memory;
	chunk_end = chunk + wanted;
	return true;
}

/* One that was given back and is not far too large. */
static struct block *take_freed(size_t size)
{
	for (struct block **place = &freed; *place; place = &(*place)->next_free) {
		struct block *block = *place;
		if (block->size < size || block->size / 2 > size)
			continue;
		*place = block->next_free;
		return block;
	}
	return NULL;
}

void *malloc(size_t size)
{
	size_t whole;
	if (__builtin_add_overflow(size, sizeof(struct block) + ALIGNMENT - 1, &whole)) {
		errno = ENOMEM;
		return NULL;
	}
	whole &= ~(size_t)(ALIGNMENT - 1);
	struct block *block = take_freed(whole - sizeof *block);
	if (block)
		return block + 1;
	if (whole > (size_t)(chunk_end - chunk) && !open_chunk(whole)) {
		errno = ENOMEM;
		return NULL;
	}
	block = (struct block *)chunk;
	chunk += whole;
	block->size = whole - sizeof *block;
	return block + 1;
}

void free(void *memory)
{
	if (!memory)
		return;
	struct block *block = (struct block *)memory - 1;
	block->next_free = freed;
	freed = block;
}

void *calloc(size_t count, size_t size)
{
	size_t whole;
	if (__builtin_mul_overflow(count, size, &whole)) {
		errno = ENOMEM;
		return NULL;
	}
	void *memory = malloc(whole);
	return memory ? memset(memory, 0, whole) : NULL;
}

void *realloc(void *memory, size_t size)
{
	if (!memory)
		return malloc(size);
	size_t had = ((struct block *)memory - 1)->size;
	if (size <= had)
		return memory;
	void *larger = malloc(size);
	if (!larger)
		return NULL;
	memcpy(larger, memory, had);
	free(memory);
	return larger;
}
