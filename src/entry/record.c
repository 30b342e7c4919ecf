/*
 * record.c
 *		What a change of state writes into the ledger.
 */
#include "entry/record.h"

#include "access/xlog.h"

#include "base/json_write.h"
#include "entry/actor.h"
#include "entry/report.h"
#include "store/memory.h"

/* "token.issue": the action is the last word */
static GauthSpan
last_word(const char *kind)
{
	const char *dot = strrchr(kind, '.');

	return gauth_span_of(dot == NULL ? kind : dot + 1);
}

/*
 * gauth_record_begin
 *		Begin an entry of this kind about a thing, by who is acting.
 */
void
gauth_record_begin(GauthRecorder *record, const char *kind, GauthSpan resource)
{
	memset(&record->note, 0, sizeof(record->note));
	record->note.kind = kind;
	record->note.action = last_word(kind);
	record->note.resource = resource;
	gauth_memory_arena(&record->arena, NULL, 0, CurrentMemoryContext);
	gauth_text_init(&record->payload, &record->arena);
}

static void
append_name(GauthRecorder *record, const char *name)
{
	gauth_text_append_char(&record->payload,
						   record->payload.len == 0 ? '{' : ',');
	gauth_text_append_json_string(&record->payload, gauth_span_of(name));
	gauth_text_append_char(&record->payload, ':');
}

/*
 * gauth_record_text
 *		A member of the payload.
 */
void
gauth_record_text(GauthRecorder *record, const char *name, GauthSpan value)
{
	if (value.data == NULL)
		return;
	append_name(record, name);
	gauth_text_append_json_string(&record->payload, value);
}

/*
 * gauth_record_number
 *		A member of the payload.
 */
void
gauth_record_number(GauthRecorder *record, const char *name, int64 value)
{
	append_name(record, name);
	gauth_text_append_int64(&record->payload, value);
}

/*
 * gauth_record_json
 *		A member of the payload that is JSON already.
 */
void
gauth_record_json(GauthRecorder *record, const char *name, GauthSpan json)
{
	if (json.data == NULL)
		return;
	append_name(record, name);
	gauth_text_append(&record->payload, json);
}

static void
finish_payload(GauthRecorder *record)
{
	size_t		len;

	if (record->payload.len == 0)
		return;
	gauth_text_append_char(&record->payload, '}');
	if (!gauth_text_finish(&record->payload, &record->note.payload))
		gauth_raise_status(GAUTH_OUT_OF_MEMORY, "payload");
	len = record->note.payload.len;
	if (len > GAUTH_PAYLOAD_MAX)
		record->note.payload =
			gauth_span_of(psprintf("{\"omitted_bytes\":%zu}", len));
}

/*
 * gauth_record_end
 *		Write the entry into this transaction.
 */
void
gauth_record_end(GauthRecorder *record)
{
	finish_payload(record);
	gauth_ledger_append(&record->note, NULL);
}

/*
 * gauth_record_decision
 *		Write the entry the way of decisions, which a rollback does not undo.
 */
void
gauth_record_decision(GauthRecorder *record)
{
	finish_payload(record);
	gauth_ledger_decide(&record->note, NULL);
}

/*
 * gauth_record_refusal
 *		An entry about a refusal, which the error that follows does not undo;
 *		of a token what it claims, or NULL.
 *
 * A standby cannot record it, and refuses all the same.
 */
void
gauth_record_refusal(const char *kind, const char *rule,
					 const GauthClaims *claims)
{
	GauthRecorder record;

	if (RecoveryInProgress())
		return;
	gauth_record_begin(&record, kind, gauth_span(NULL, 0));
	record.note.verdict = GAUTH_VERDICT_DENY;
	record.note.rule = gauth_span_of(rule);
	if (claims != NULL)
	{
		record.note.token_id = claims->token_id;
		gauth_record_text(&record, "issuer", claims->issuer);
		gauth_record_text(&record, "subject", claims->subject);
	}
	gauth_record_decision(&record);
}

/* what a token says of itself counts when it was signed by who it says */
static bool
signature_verified(GauthStatus status)
{
	return status >= GAUTH_TYPE_REFUSED && status < GAUTH_STATUS_COUNT;
}

/*
 * gauth_record_refused_token
 *		The same for a token that was presented.
 */
void
gauth_record_refused_token(const char *kind, const GauthError *err,
						   const GauthClaims *claims)
{
	gauth_record_refusal(kind, gauth_status_name(err->status),
						 signature_verified(err->status) ? claims : NULL);
}

/*
 * gauth_record_change
 *		An entry without a payload.
 */
void
gauth_record_change(const char *kind, GauthSpan resource)
{
	GauthRecorder record;

	gauth_record_begin(&record, kind, resource);
	gauth_record_end(&record);
}

/*
 * gauth_record_step
 *		An entry about who has done this to the resource, a party where it is
 *		one; "agent" (may have no data) is the party on the other side.
 */
void
gauth_record_step(const char *kind, GauthSpan resource, GauthSpan agent)
{
	GauthRecorder record;

	gauth_record_begin(&record, kind, resource);
	record.note.action = gauth_span_of(kind);
	record.note.actor = gauth_actor_name();
	record.note.agent = agent;
	gauth_record_end(&record);
}
