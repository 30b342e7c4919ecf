/*
 * uid_arg.c
 *		Entity uids as arguments: Type::"id", or {"type", "id"} as JSON.
 */
#include "entry/uid_arg.h"

#include "base/json.h"
#include "entry/report.h"
#include "policy/entity_json.h"
#include "policy/parser.h"

/*
 * gauth_uid_argument
 *		The entity that a text argument names, in the arena; raises 22023 when
 *		it names none.
 */
const GauthUid *
gauth_uid_argument(GauthArena *arena, GauthSpan text, const char *argument)
{
	const GauthUid *uid;
	GauthJson  *json;
	GauthStatus status;
	GauthError	err = {0};

	if (text.len > 0 && text.data[0] == '{')
	{
		status = gauth_json_parse(arena, text, &gauth_json_token_limits, &json,
								  &err);
		if (status == GAUTH_OK)
			status = gauth_uid_from_json(arena, json, &uid, &err);
	}
	else
		status = gauth_uid_parse(arena, text, &uid, &err);
	if (status == GAUTH_OUT_OF_MEMORY)
		gauth_raise(&err);
	if (status != GAUTH_OK)
		gauth_raise_argument(argument, "an entity, such as User::\"alice\"");
	return uid;
}
