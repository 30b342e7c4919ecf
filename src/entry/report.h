/*
 * report.h
 *		What gauth says to people: every message that it raises.
 */
#ifndef GAUTH_ENTRY_REPORT_H
#define GAUTH_ENTRY_REPORT_H

#include "postgres.h"

#include "nodes/nodes.h"

#include "base/span.h"
#include "base/status.h"
#include "base/text.h"
#include "policy/diagnostic.h"
#include "policy/value.h"
#include "store/compat.h"

/* what clients branch on; everything else has a standard SQLSTATE */
#define GAUTH_ERRCODE_INVALID_TOKEN		MAKE_SQLSTATE('Z','G','0','0','1')
#define GAUTH_ERRCODE_NO_IDENTITY		MAKE_SQLSTATE('Z','G','0','0','2')
#define GAUTH_ERRCODE_RULE				MAKE_SQLSTATE('Z','G','0','0','4')
#define GAUTH_ERRCODE_CANNOT_RECORD		MAKE_SQLSTATE('Z','G','0','0','6')
#define GAUTH_ERRCODE_PRIMARY_NEEDED	MAKE_SQLSTATE('Z','G','0','0','7')
#define GAUTH_ERRCODE_KEYS_LOCKED		MAKE_SQLSTATE('Z','G','0','0','8')

/* a code of RFC 0118 section 12 */
typedef struct GauthRule
{
	const char *code;
	int			http_status;
	const char *message;
} GauthRule;

#define GAUTH_RULE_COUNT	22

extern const GauthRule gauth_rules[GAUTH_RULE_COUNT];

extern void gauth_raise(const GauthError *err) pg_attribute_noreturn();
extern void gauth_raise_status(GauthStatus status,
							   const char *detail) pg_attribute_noreturn();
extern void gauth_raise_no_identity(void) pg_attribute_noreturn();
extern void gauth_raise_rule(const char *code) pg_attribute_noreturn();
extern void gauth_raise_no_capability(const char *capability)
			pg_attribute_noreturn();
extern void gauth_raise_capability_unknown(void) pg_attribute_noreturn();
extern void gauth_raise_object_refused(const char *capability)
			pg_attribute_noreturn();
extern void gauth_raise_unknown(const char *what) pg_attribute_noreturn();
extern void gauth_raise_exists(const char *what) pg_attribute_noreturn();
extern void gauth_raise_schema_missing(void) pg_attribute_noreturn();
extern void gauth_raise_store_unknown(void) pg_attribute_noreturn();
extern void gauth_raise_issuer_unknown(void) pg_attribute_noreturn();
extern void gauth_raise_issuer_exists(void) pg_attribute_noreturn();
extern void gauth_raise_issuer_not_hosted(void) pg_attribute_noreturn();
extern void gauth_raise_namespace_taken(void) pg_attribute_noreturn();
extern void gauth_raise_key_unknown(void) pg_attribute_noreturn();
extern void gauth_raise_rotation_in_progress(void) pg_attribute_noreturn();
extern void gauth_raise_algorithm_unknown(void) pg_attribute_noreturn();
extern void gauth_raise_null(const char *argument) pg_attribute_noreturn();
extern void gauth_raise_argument(const char *argument,
								 const char *rule) pg_attribute_noreturn();
extern void gauth_raise_member_unknown(const char *argument,
									   GauthSpan name)
			pg_attribute_noreturn();
extern void gauth_raise_claim_reserved(GauthSpan name) pg_attribute_noreturn();
extern void gauth_raise_rule_unknown(GauthSpan name) pg_attribute_noreturn();
extern void gauth_raise_setting_unknown(void) pg_attribute_noreturn();
extern void gauth_raise_policy(const GauthError *err,
							   const char *what) pg_attribute_noreturn();
extern void gauth_raise_entity(const GauthError *err,
							   const GauthUid *uid) pg_attribute_noreturn();
extern void gauth_raise_findings(const GauthDiagnosticList *findings)
			pg_attribute_noreturn();
extern void gauth_raise_bindings(const GauthText *findings)
			pg_attribute_noreturn();
extern void gauth_raise_entry_missing(void) pg_attribute_noreturn();
extern void gauth_raise_entry_uncommitted(void) pg_attribute_noreturn();
extern void gauth_report_entry(GauthSpan entry);
extern void gauth_raise_entry_unsealed(void) pg_attribute_noreturn();
extern void gauth_raise_checkpoint_signer(void) pg_attribute_noreturn();
extern void gauth_raise_checkpoint_key(uint32 number,
									   const GauthError *err)
			pg_attribute_noreturn();
extern void gauth_raise_checkpoint_key_twice(uint32 number)
			pg_attribute_noreturn();
extern void gauth_raise_log_unknown(void) pg_attribute_noreturn();
extern void gauth_raise_note(const GauthError *err) pg_attribute_noreturn();
extern void gauth_raise_note_forged(void) pg_attribute_noreturn();
extern void gauth_raise_note_unknown(void) pg_attribute_noreturn();
extern void gauth_raise_checkpoint_contradicts(void) pg_attribute_noreturn();
extern void gauth_raise_checkpoint_unsigned(void) pg_attribute_noreturn();
extern void gauth_raise_guarded(const char *table) pg_attribute_noreturn();
extern void gauth_raise_not_a_trigger(void) pg_attribute_noreturn();
extern void gauth_raise_scope_dimensions(void) pg_attribute_noreturn();
extern void gauth_raise_scope_null(int element) pg_attribute_noreturn();
extern void gauth_report_scope(const GauthError *err, int element,
							   Node *context);
extern void gauth_warn_identity_ends(void);
extern void gauth_warn_role_missing(const char *role);

extern void gauth_report_init(void);

#endif							/* GAUTH_ENTRY_REPORT_H */
