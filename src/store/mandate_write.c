/*
 * mandate_write.c
 *		Changing the tables of mandates, past their guards.
 *
 * The guards refuse every UPDATE, DELETE and TRUNCATE, whoever asks, unless
 * it is announced here.  The announcement is a variable of this library, not
 * a setting: no SQL can make one.  It lasts for one statement, a constant of
 * ours, in which nothing of a user's runs.
 */
#include "store/mandate_write.h"

static bool announced = false;

/*
 * gauth_mandate_write
 *		gauth_write_run on the tables of mandates.
 */
uint64
gauth_mandate_write(GauthWrite *write, const char *statement)
{
	uint64		rows;

	announced = true;
	PG_TRY();
	{
		rows = gauth_write_run(write, statement);
	}
	PG_FINALLY();
	{
		announced = false;
	}
	PG_END_TRY();
	return rows;
}

/*
 * gauth_mandate_write_returning
 *		gauth_write_returning on the tables of mandates.
 */
bool
gauth_mandate_write_returning(GauthWrite *write, const char *statement,
							  Datum *value)
{
	bool		given;

	announced = true;
	PG_TRY();
	{
		given = gauth_write_returning(write, statement, value);
	}
	PG_FINALLY();
	{
		announced = false;
	}
	PG_END_TRY();
	return given;
}

/*
 * gauth_mandate_write_announced
 *		Is it one of our own statements that runs?
 */
bool
gauth_mandate_write_announced(void)
{
	return announced;
}
