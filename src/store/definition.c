/*
 * definition.c
 *		Powers of attorney in their legal form, as they are stored.
 */
#include "store/definition.h"

#include "utils/timestamp.h"

#include "store/mandate.h"
#include "store/relation.h"

/*
 * gauth_definition_find
 *		The definition of that name, in its present version.
 */
bool
gauth_definition_find(GauthSpan id, GauthDefinitionRow *row)
{
	GauthScan	scan;
	bool		found;

	gauth_scan_begin(&scan, GAUTH_TABLE_DEFINITION);
	gauth_scan_key_text(&scan, DEFINITION_ID, id);
	found = gauth_scan_next(&scan);
	if (found)
	{
		row->id = gauth_scan_copy(&scan, DEFINITION_ID);
		row->version = gauth_scan_int64(&scan, DEFINITION_VERSION);
		row->document = gauth_scan_copy(&scan, DEFINITION_DOCUMENT);
		row->power = gauth_scan_copy(&scan, DEFINITION_POWER);
		row->principal = gauth_scan_copy(&scan, DEFINITION_PRINCIPAL);
		row->agent = gauth_scan_copy(&scan, DEFINITION_AGENT);
		row->issuer = gauth_scan_copy(&scan, DEFINITION_ISSUER);
		row->status = gauth_scan_copy(&scan, DEFINITION_STATUS);
	}
	gauth_scan_end(&scan);
	return found;
}

static bool
find_link(GauthSpan mandate, GauthSpan *definition)
{
	GauthScan	scan;
	bool		found;

	gauth_scan_begin(&scan, GAUTH_TABLE_MANDATE_DEFINITION);
	gauth_scan_key_text(&scan, MANDATE_DEFINITION_MANDATE, mandate);
	found = gauth_scan_next(&scan);
	if (found)
		*definition = gauth_scan_copy(&scan, MANDATE_DEFINITION_DEFINITION);
	gauth_scan_end(&scan);
	return found;
}

/*
 * gauth_definition_of
 *		The definition that bounds a mandate: its own, or that of the nearest
 *		mandate above it that has one.
 */
bool
gauth_definition_of(GauthSpan id, GauthSpan *definition)
{
	GauthMandate mandate;

	while (!find_link(id, definition))
	{
		if (!gauth_mandate_find(id, GetCurrentTimestamp(), &mandate) ||
			mandate.parent.data == NULL)
			return false;
		id = mandate.parent;
	}
	return true;
}

/*
 * gauth_definition_event
 *		Has the event come, and is it not over?
 */
bool
gauth_definition_event(GauthSpan definition, GauthSpan event)
{
	GauthScan	scan;
	bool		is_null;
	bool		raised = false;

	gauth_scan_begin(&scan, GAUTH_TABLE_DEFINITION_EVENT);
	gauth_scan_key_text(&scan, DEFINITION_EVENT_DEFINITION, definition);
	gauth_scan_key_text(&scan, DEFINITION_EVENT_EVENT, event);
	if (gauth_scan_next(&scan))
		raised = DatumGetBool(gauth_scan_value(&scan, DEFINITION_EVENT_RAISED,
											   &is_null));
	gauth_scan_end(&scan);
	return raised;
}
