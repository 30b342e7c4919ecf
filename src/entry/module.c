/*
 * module.c
 *		What happens when the library is loaded.
 *
 * It may be loaded at any time, by the first call of one of its functions:
 * nothing here needs shared_preload_libraries.
 */
#include "postgres.h"

#include "entry/report.h"
#include "entry/settings.h"
#include "store/compat.h"
#include "store/generation.h"
#include "store/ledger.h"
#include "store/secret.h"

GAUTH_MODULE_MAGIC;

PGDLLEXPORT void _PG_init(void);

void
_PG_init(void)
{
	gauth_generation_watch();
	gauth_secret_init();
	gauth_report_init();
	gauth_ledger_init();
	gauth_settings_define();
}
