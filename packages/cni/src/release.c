#include "release.h"

#include <stdio.h>

#include "tombstone.h"

void complain(const char *subject, const struct cni_error *error)
{
	fprintf(stderr, "poplin: %s: %.*s\n", subject, (int)error->msg.size, (const char *)error->msg.data);
}

static void ask_once_more(const struct question *question, const struct tombstone *tombstone,
			  struct cni_error *error)
{
	struct question again = *question;
	struct buffer nothing = {0};
	again.patience = 0;
	enum verdict verdict = ask(&again, &nothing, error);
	if (verdict == VERDICT_REFUSED)
		complain(question->subject, error);
	if (verdict == VERDICT_REFUSED || verdict == VERDICT_DONE)
		tombstone_remove(tombstone);
	buffer_free(&nothing);
}

void release_later(const struct question *question, enum verdict verdict, size_t lasting,
		   struct cni_error *error)
{
	struct cni_error trouble = {0};
	struct tombstone tombstone;
	if (verdict == VERDICT_REFUSED) {
		complain(question->subject, error);
	} else if (!tombstone_leave(&tombstone, question->socket,
				    (struct bytes){question->request.data, lasting}, &trouble)) {
		complain(question->subject, error);
		complain(question->subject, &trouble);
	} else if (verdict == VERDICT_AWAY || verdict == VERDICT_AGAIN) {
		ask_once_more(question, &tombstone, error);
	}
	cni_error_free(&trouble);
}
