/*
 * definition_change.c
 *		What becomes of the mandates when their definition ends or its
 *		principal cannot act any more (RFC 0115 part C).
 */
#include "entry/definition_change.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "entry/actor.h"
#include "entry/args.h"
#include "entry/definition_document.h"
#include "entry/mandate_cascade.h"
#include "entry/record.h"
#include "store/memory.h"

/* the names in the first column of what the statement finds */
static int
find_names(GauthSpan key, const char *statement, GauthSpan **names)
{
	GauthWrite	write = {0};
	Datum		array;
	Datum	   *items;
	int			count;
	int			i;

	gauth_write_text(&write, key);
	if (!gauth_write_returning(&write, statement, &array))
		return 0;
	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false,
					  TYPALIGN_INT, &items, NULL, &count);
	*names = palloc(sizeof(GauthSpan) * (Size) Max(count, 1));
	for (i = 0; i < count; i++)
		(*names)[i] = gauth_varlena_span(DatumGetTextPP(items[i]));
	return count;
}

/* one that has ended meanwhile, with a mandate above it, is passed over */
static int
change_mandates(GauthSpan definition, GauthSpan reason, bool revoke)
{
	GauthSpan  *names;
	int			count;
	int			changed = 0;
	int			i;

	count = find_names(definition,
					   "SELECT array_agg(m.id ORDER BY m.depth, m.id)"
					   " FROM gauth.mandate_definition d"
					   " JOIN gauth.mandate m ON m.id = d.mandate"
					   " WHERE d.definition = $1"
					   " AND m.status IN ('ACTIVE', 'SUSPENDED')", &names);
	for (i = 0; i < count; i++)
	{
		GauthMandateChange change;

		gauth_mandate_system(&change);
		gauth_mandate_lock(&change, names[i]);
		if (gauth_mandate_is_over(change.mandate.status) ||
			(!revoke && change.mandate.status != GAUTH_MANDATE_ACTIVE))
			continue;
		if (revoke)
			(void) gauth_mandate_revoke(&change, reason);
		else
			(void) gauth_mandate_suspend(&change, reason);
		changed++;
	}
	return changed;
}

/*
 * gauth_definition_end
 *		Revoke a definition and all mandates linked to it; returns how many.
 */
int
gauth_definition_end(const GauthDefinitionRow *row, GauthSpan reason)
{
	GauthWrite	write = {0};

	gauth_write_text(&write, row->id);
	gauth_write_text(&write, reason);
	(void) gauth_write_run(&write, "UPDATE gauth.definition"
						   " SET status = 'revoked', reason = $2,"
						   " ended_at = clock_timestamp()"
						   " WHERE id = $1 AND status <> 'revoked'");
	gauth_record_step("definition.revoke", row->id, row->agent);
	return change_mandates(row->id, reason, true);
}

static void
suspend(const GauthDefinitionRow *row, GauthSpan reason)
{
	GauthWrite	write = {0};

	gauth_write_text(&write, row->id);
	gauth_write_text(&write, reason);
	(void) gauth_write_run(&write, "UPDATE gauth.definition"
						   " SET status = 'suspended', reason = $2"
						   " WHERE id = $1 AND status = 'active'");
	gauth_record_step("definition.suspend", row->id, row->agent);
	(void) change_mandates(row->id, reason, false);
}

/*
 * Death: the power goes on only where the definition says so.  Incapacity:
 * it is suspended unless the instructions say "continue" or "revoke"; other
 * words need a person to read them, and until then it is suspended.
 */
static void
apply(const GauthDefinitionRow *row, GauthMisfortune misfortune)
{
	GauthArena	arena;
	const GauthJson *definition;
	GauthSpan	instructions;

	gauth_memory_arena(&arena, NULL, 0, CurrentMemoryContext);
	definition = gauth_definition_parse(&arena, row->document);
	if (misfortune == GAUTH_DEATH)
	{
		if (!gauth_definition_survives(definition))
			(void) gauth_definition_end(row, GAUTH_SPAN("PRINCIPAL_DECEASED"));
		return;
	}
	instructions = gauth_definition_text(definition, "requirements."
										 "death_incapacity_rules."
										 "incapacity_instructions");
	if (gauth_span_is(instructions, "continue"))
		return;
	if (gauth_span_is(instructions, "revoke"))
		(void) gauth_definition_end(row, GAUTH_SPAN("PRINCIPAL_INCAPABLE"));
	else
		suspend(row, GAUTH_SPAN("PRINCIPAL_INCAPABLE"));
}

/*
 * gauth_definition_misfortune
 *		A principal has died or lost its legal capacity: do what each of its
 *		definitions in force says.
 */
void
gauth_definition_misfortune(GauthSpan principal, GauthMisfortune misfortune)
{
	GauthSpan  *names;
	int			count;
	int			i;

	count = find_names(principal, "SELECT array_agg(id ORDER BY id)"
					   " FROM gauth.definition WHERE principal = $1"
					   " AND status IN ('active', 'suspended')", &names);
	for (i = 0; i < count; i++)
	{
		GauthDefinitionRow row;

		if (gauth_definition_find(names[i], &row))
			apply(&row, misfortune);
	}
}
