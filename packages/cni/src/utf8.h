/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef POPLIN_UTF8_H
#define POPLIN_UTF8_H

#include "bytes.h"

/* Length in bytes of the character that the bytes start with; 0 when they start with none. */
size_t utf8_character(struct bytes bytes);

bool utf8_is_valid(struct bytes bytes);

#endif
