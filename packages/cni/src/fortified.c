/*
 * Functions of glibc's that its headers put in place of others where _FORTIFY_SOURCE is on, as it was when Debian compiled libnghttp2 and
 * jansson. musl has none of them. Each ends the program where its caller's buffer is smaller than what it may write.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Only the compiler would call these by their names, so no header has them. */
int __fprintf_chk(FILE *stream, int flag, const char *format, ...);
int __snprintf_chk(char *text, size_t limit, int flag, size_t size, const char *format, ...);
int __vsnprintf_chk(char *text, size_t limit, int flag, size_t size, const char *format, va_list values);
char *__strncpy_chk(char *to, const char *from, size_t limit, size_t size);

int __fprintf_chk(FILE *stream, int flag, const char *format, ...)
{
	(void)flag;
	va_list values;
	va_start(values, format);
	int count = vfprintf(stream, format, values);
	va_end(values);
	return count;
}

int __vsnprintf_chk(char *text, size_t limit, int flag, size_t size, const char *format, va_list values)
{
	(void)flag;
	if (size < limit)
		abort();
	return vsnprintf(text, limit, format, values);
}

int __snprintf_chk(char *text, size_t limit, int flag, size_t size, const char *format, ...)
{
	va_list values;
	va_start(values, format);
	int count = __vsnprintf_chk(text, limit, flag, size, format, values);
	va_end(values);
	return count;
}

char *__strncpy_chk(char *to, const char *from, size_t limit, size_t size)
{
	if (size < limit)
		abort();
	return strncpy(to, from, limit);
}
