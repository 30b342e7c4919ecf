/*
 * policy_change.h
 *		A change of one policy store: locked, recorded, checked as a whole.
 */
#ifndef GAUTH_ENTRY_POLICY_CHANGE_H
#define GAUTH_ENTRY_POLICY_CHANGE_H

#include "postgres.h"

#include "base/arena.h"
#include "base/span.h"
#include "policy/ast.h"
#include "store/compat.h"
#include "store/write.h"

/* what stands in gauth.policy_history.change */
#define GAUTH_CHANGE_CREATE		"create"
#define GAUTH_CHANGE_REPLACE	"replace"
#define GAUTH_CHANGE_DROP		"drop"
#define GAUTH_CHANGE_LINK		"link"
#define GAUTH_CHANGE_SCHEMA		"schema"
#define GAUTH_CHANGE_MODE		"mode"
#define GAUTH_CHANGE_MAPPING	"mapping"

#define GAUTH_INTO_HISTORY \
	"INSERT INTO gauth.policy_history" \
	" (store, version, id, change, source, author, changed_at) "

/* "gone" is what has been deleted; $1 store, $2 version, $3 author */
#define GAUTH_DROPS_INTO_HISTORY \
	GAUTH_INTO_HISTORY \
	"SELECT $1, $2, id, '" GAUTH_CHANGE_DROP "', NULL, $3," \
	" clock_timestamp() FROM gone"

/* one policy or template of the source that the caller gave */
typedef struct GauthPolicyPart
{
	GauthSpan	id;
	GauthSpan	text;			/* within the source, comments included */
	bool		is_template;
} GauthPolicyPart;

/* a store while it is being changed, between begin and end */
typedef struct GauthPolicyChange
{
	GauthSpan	store;
	GauthSpan	author;
	int64		version;		/* that the change makes */
	GauthArena	arena;			/* for what the change needs */
	GauthSpan	source;			/* that the caller gave, and its parts: where
								 * findings are shown; may be empty */
	GauthPolicyPart *parts;
	int			part_count;
} GauthPolicyChange;

extern GauthSpan gauth_policy_change_author(void);
extern void gauth_policy_change_begin(GauthPolicyChange *change,
									  GauthSpan store);
extern void gauth_policy_change_parse(GauthPolicyChange *change,
									  GauthSpan source);
extern void gauth_policy_change_values(const GauthPolicyChange *change,
									   GauthWrite *write);
extern void gauth_policy_change_record(const GauthPolicyChange *change,
									   GauthSpan id, const char *what,
									   GauthSpan source);
extern void gauth_policy_change_note(const GauthPolicyChange *change,
									 GauthSpan id, const char *kind);
extern void gauth_policy_change_fail(const GauthError *err, GauthSpan source,
									 const char *what) pg_attribute_noreturn();
extern void gauth_policy_change_check_id(GauthSpan id);
extern GauthSpan gauth_policy_change_text(const GauthPolicyChange *change,
										  GauthSpan id);
extern void gauth_policy_change_count(const GauthPolicyChange *change);
extern void gauth_policy_change_end(GauthPolicyChange *change,
									bool entities);

#endif							/* GAUTH_ENTRY_POLICY_CHANGE_H */
