/*
 * mandate_change.h
 *		A change of one mandate: who, locked, by the rules, written down.
 */
#ifndef GAUTH_ENTRY_MANDATE_CHANGE_H
#define GAUTH_ENTRY_MANDATE_CHANGE_H

#include "postgres.h"

#include "store/mandate.h"
#include "store/mandate_write.h"

/* who may make a change */
#define GAUTH_BY_ISSUER		1
#define GAUTH_BY_APPROVER	2
#define GAUTH_BY_AGENT		4	/* the mandate's own */
#define GAUTH_BY_DELEGATOR	8	/* the agent that it was delegated by */

typedef struct GauthMandateChange
{
	TimestampTz now;			/* once the mandate was locked */
	GauthSpan	actor;			/* a party, or "role:" and a role */
	bool		is_party;
	bool		is_agent;
	GauthMandate mandate;
} GauthMandateChange;

/* what is written into the history, and into the ledger */
typedef struct GauthMandateEvent
{
	const char *event;			/* of gauth.mandate_history */
	const char *kind;			/* of the ledger */
	const char *before;			/* a status, or NULL */
	const char *after;
	GauthSpan	reason;			/* without data: none */
	GauthSpan	request_id;		/* without data: none */
	const char *details;		/* a JSON object, or NULL */
} GauthMandateEvent;

extern void gauth_mandate_actor(GauthMandateChange *change);
extern void gauth_mandate_system(GauthMandateChange *change);
extern void gauth_mandate_party(GauthMandateChange *change);
extern void gauth_mandate_lock(GauthMandateChange *change, GauthSpan id);
extern void gauth_mandate_authorize(const GauthMandateChange *change,
									unsigned who);
extern GauthSpan gauth_mandate_reader(void);
extern bool gauth_mandate_sees_all(void);
extern void gauth_mandate_find_visible(GauthSpan id, GauthMandate *mandate);
extern void gauth_mandate_require_live(const GauthMandate *mandate);
extern void gauth_mandate_record(const GauthMandateChange *change,
								 const GauthMandate *mandate,
								 const GauthMandateEvent *event);
extern void gauth_mandate_remark(const GauthMandateChange *change,
								 const char *event, const char *kind,
								 const char *details);
extern void gauth_mandate_move(const GauthMandateChange *change,
							   GauthMandate *mandate, GauthMandateStatus to,
							   GauthSpan with, GauthMandateEvent *event);
extern void gauth_mandate_write_time(GauthWrite *write, TimestampTz time);
extern void gauth_mandate_write_unique(GauthWrite *write,
									   const char *statement);
extern Datum gauth_mandate_show(const GauthMandateChange *change,
								const char *more);
extern GauthSpan gauth_mandate_new_id(const char *prefix);
extern void gauth_mandate_check_text(GauthSpan text, const char *argument,
									 size_t limit);

#define GAUTH_REASON_MAX	2000	/* bytes of a reason or a comment */

#endif							/* GAUTH_ENTRY_MANDATE_CHANGE_H */
