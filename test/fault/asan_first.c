/*
 * asan_first.c
 *		Start AddressSanitizer before anything else in the process.
 *
 * Preloaded into a program that was not built with the sanitizer, its runtime
 * starts lazily, at the first call that it intercepts.  The constructors of
 * some libraries that the server is linked with make that call from inside
 * gettext, whose lock is then left taken, and the process hangs.  This
 * object, linked with "-z initfirst", has its constructor run first.
 */
extern void __asan_init(void);

__attribute__((constructor)) static void
start_sanitizer(void)
{
	__asan_init();
}
