/*
 * refuse.c
 *		Raising from store/, in the words of entry/report.c.
 *
 * Few things here may fail in the middle of a transaction whose caller cannot
 * go on: an entry that cannot be written undoes what it was about.
 */
#include "store/refuse.h"

void		(*gauth_refuse_with) (const GauthError *err) = NULL;

/*
 * gauth_refuse_error
 *		Raise it.
 */
void
gauth_refuse_error(const GauthError *err)
{
	gauth_refuse_with(err);
	pg_unreachable();
}

/*
 * gauth_refuse
 *		Raise a status; "detail" is a name, or a sentence for a person.
 */
void
gauth_refuse(GauthStatus status, const char *detail)
{
	GauthError	err = {0};

	(void) gauth_fail(&err, status, detail);
	gauth_refuse_error(&err);
}
