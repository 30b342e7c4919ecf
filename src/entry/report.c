/*
 * report.c
 *		What gauth says to people: every message that it raises.
 *
 * No message holds a token, a key, a secret or the value of a claim; names of
 * claims and arguments are fine.  Every report hides the statement from the
 * log, because a statement may hold a token; for errors that are not ours a
 * hook does the same wherever a token can be seen.
 *
 * The file is as long as there are things to say; each function says one.
 */
#include "entry/report.h"

#include "lib/stringinfo.h"
#include "tcop/tcopprot.h"
#include "utils/elog.h"

#include "store/compat.h"
#include "store/memory.h"
#include "store/refuse.h"
#include "token/jwt.h"
#include "token/scope.h"

#define FINDINGS_SHOWN	5

/* one answer for everything that went wrong before the signature verified */
static void
raise_invalid_token(void)
{
	ereport(ERROR,
			(errcode(GAUTH_ERRCODE_INVALID_TOKEN),
			 errmsg("invalid token"),
			 errdetail("INVALID_TOKEN"),
			 errhidestmt(true)));
}

/* the signature has verified: the bearer may know what is wrong */
static void
raise_refused_token(const GauthError *err)
{
	ereport(ERROR,
			(errcode(GAUTH_ERRCODE_INVALID_TOKEN),
			 errmsg("token refused because of \"%s\"", err->detail),
			 errdetail_internal("%s", gauth_status_name(err->status)),
			 errhidestmt(true)));
}

static void
raise_key(const GauthError *err)
{
	switch (err->status)
	{
		case GAUTH_KEY_UNSUPPORTED:
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("key is not one that can verify signatures here"),
					 errdetail("Not supported: \"%s\".", err->detail),
					 errhidestmt(true)));
			break;
		case GAUTH_KEY_WEAK:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("key is too weak"),
					 errdetail("Weak: \"%s\".", err->detail),
					 errhint("RSA needs 2048 bits, HMAC as many bytes as its "
							 "hash has, and no secret that is public."),
					 errhidestmt(true)));
			break;
		case GAUTH_KEY_PRIVATE:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("key set holds a private key"),
					 errhint("Give only public keys of an issuer that signs "
							 "elsewhere, or add it as a hosted one."),
					 errhidestmt(true)));
			break;
		default:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("key is malformed"),
					 errdetail("Malformed: \"%s\".", err->detail),
					 errhidestmt(true)));
			break;
	}
}

/* the detail says why */
static void
raise_ledger(const GauthError *err)
{
	if (err->status == GAUTH_PRIMARY_NEEDED)
		ereport(ERROR,
				(errcode(GAUTH_ERRCODE_PRIMARY_NEEDED),
				 errmsg("only the primary can record what is done"),
				 errdetail_internal("%s", err->detail),
				 errhint("Send the call to the primary; what only reads works "
						 "here."),
				 errhidestmt(true)));
	ereport(ERROR,
			(errcode(GAUTH_ERRCODE_CANNOT_RECORD),
			 errmsg("what is done cannot be recorded"),
			 errdetail_internal("%s", err->detail),
			 errhidestmt(true)));
}

static void
raise_damage(const GauthError *err)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("ledger is damaged"),
			 errdetail("Missing or wrong: %s.", err->detail),
			 errhint("gauth.audit_verify says what is wrong."),
			 errhidestmt(true)));
}

static void
raise_lock(GauthStatus status)
{
	if (status == GAUTH_ROOT_KEY_INVALID)
		ereport(ERROR,
				(errcode(GAUTH_ERRCODE_KEYS_LOCKED),
				 errmsg("root key is of no use"),
				 errhint("It is made of 32 bytes or more, from the file that "
						 "gauth.root_key_file names or from gauth.unlock."),
				 errhidestmt(true)));
	ereport(ERROR,
			(errcode(GAUTH_ERRCODE_KEYS_LOCKED),
			 errmsg("keys are locked"),
			 errhint("Set gauth.root_key_file, or call gauth.unlock first in "
					 "this transaction."),
			 errhidestmt(true)));
}

static void
raise_input(const GauthError *err)
{
	switch (err->status)
	{
		case GAUTH_INVALID_JSON:
		case GAUTH_INVALID_ENCODING:
		case GAUTH_DUPLICATE_MEMBER:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					 errmsg("JSON is not acceptable"),
					 errdetail("At byte %zu: %s, %s.", err->offset + 1,
							   gauth_status_name(err->status), err->detail),
					 errhidestmt(true)));
			break;
		case GAUTH_LIMIT_EXCEEDED:
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("input exceeds a limit"),
					 errdetail("Exceeded: \"%s\".", err->detail),
					 errhidestmt(true)));
			break;
		default:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("value of \"%s\" is not acceptable", err->detail),
					 errhidestmt(true)));
			break;
	}
}

/*
 * gauth_raise
 *		Raise what a pure floor has answered.
 */
void
gauth_raise(const GauthError *err)
{
	if (gauth_status_is_before_signature(err->status))
		raise_invalid_token();
	if (err->status >= GAUTH_TYPE_REFUSED)
		raise_refused_token(err);
	if (err->status == GAUTH_KEY_LOCKED ||
		err->status == GAUTH_ROOT_KEY_INVALID)
		raise_lock(err->status);
	if (err->status >= GAUTH_KEY_MALFORMED)
		raise_key(err);
	if (err->status == GAUTH_PRIMARY_NEEDED ||
		err->status == GAUTH_CANNOT_RECORD)
		raise_ledger(err);
	if (err->status == GAUTH_LEDGER_DAMAGED)
		raise_damage(err);
	if (err->status == GAUTH_STORE_UNKNOWN)
		gauth_raise_store_unknown();
	if (err->status == GAUTH_CAPABILITY_MISSING)
		gauth_raise_no_capability(err->detail);
	if (err->status == GAUTH_OUT_OF_MEMORY)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory"),
				 errhidestmt(true)));
	if (err->status == GAUTH_CRYPTO_FAILED)
		ereport(ERROR,
				(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				 errmsg("cryptographic library failed"),
				 errhidestmt(true)));
	raise_input(err);
	pg_unreachable();
}

/*
 * gauth_raise_status
 *		The same, for a status without a GauthError.
 */
void
gauth_raise_status(GauthStatus status, const char *detail)
{
	GauthError	err = {0};

	(void) gauth_fail(&err, status, detail);
	gauth_raise(&err);
}

void
gauth_raise_no_identity(void)
{
	ereport(ERROR,
			(errcode(GAUTH_ERRCODE_NO_IDENTITY),
			 errmsg("no identity in this transaction"),
			 errhint("Call gauth.authenticate first in the same "
					 "transaction."),
			 errhidestmt(true)));
	pg_unreachable();
}

/* RFC 0118 section 12 */
const GauthRule gauth_rules[GAUTH_RULE_COUNT] = {
	{"MANDATE_NOT_FOUND", 404, "there is no such mandate"},
	{"PROFILE_NOT_FOUND", 404, "there is no such governance profile"},
	{"INVALID_STATE_TRANSITION", 409,
	"mandate cannot go from its status to that one"},
	{"SCHEMA_VALIDATION_FAILED", 422, "document does not follow its schema"},
	{"CEILING_VIOLATION", 422,
	"mandate exceeds what its governance profile allows"},
	{"CONSISTENCY_CHECK_FAILED", 422, "document contradicts itself"},
	{"INSUFFICIENT_AUTHORITY", 403,
	"caller has no authority for this"},
	{"MANDATE_NOT_DRAFT", 409, "mandate is not a draft any more"},
	{"MANDATE_NOT_ACTIVE", 409, "mandate is not in force"},
	{"MANDATE_NOT_SUSPENDED", 409, "mandate is not suspended"},
	{"MANDATE_EXPIRED", 409, "mandate has expired"},
	{"BUDGET_DECREASE_NOT_ALLOWED", 422, "budget can only grow"},
	{"TTL_DECREASE_NOT_ALLOWED", 422, "time can only grow"},
	{"DELEGATION_DEPTH_EXCEEDED", 422,
	"mandate may not be delegated any further"},
	{"DELEGATION_SCOPE_WIDENING", 422,
	"delegate would get more than there is"},
	{"DELEGATION_BUDGET_EXCEEDED", 422,
	"budget of the mandate above is too small"},
	{"DELEGATION_TTL_EXCEEDED", 422,
	"delegate would outlive the mandate above"},
	{"PARENT_MANDATE_NOT_ACTIVE", 409, "mandate above is not in force"},
	{"DUPLICATE_MANDATE", 409,
	"another mandate of this agent and project is in force"},
	{"DUPLICATE_CONSUMPTION_REPORT", 409,
	"enforcement request was reported before"},
	{"RATE_LIMITED", 429, "too many requests"},
	{"INTERNAL_ERROR", 500, "internal error"},
};

/* and the codes of the steps of RFC 0111, of tokens, grants, definitions */
static const struct
{
	const char *code;
	const char *message;
}			step_rules[] = {
	{"IDENTITY_NOT_VERIFIED", "party has not proved who it is"},
	{"NATURAL_PERSON_REQUIRED", "only a natural person can do this"},
	{"PRINCIPAL_NOT_CAPABLE", "party cannot bind itself"},
	{"PARTY_NOT_ACTIVE", "party is not active"},
	{"AUTHORIZER_NOT_IN_FORCE",
	"caller is no authorizer of the principal in force"},
	{"DUAL_CONTROL_REQUIRED", "second-level approval needs another person"},
	{"EVIDENCE_MISSING", "authority is not proved by a register entry"},
	{"APPROVAL_REQUIRED", "approval is missing"},
	{"CLIENT_REVOKED", "authorization of the client was taken back"},
	{"TOKEN_TOO_LARGE", "token would have more than 4096 bytes"},
	{"TOKEN_NOT_FOUND", "there is no such token"},
	{"ALGORITHM_PROHIBITED",
	"extended tokens are signed with RS256 or ES256 alone"},
	{"HISTORY_IMMUTABLE", "history is never changed"},
	{"ATTESTATION_MISSING", "attestation that the form demands is missing"},
	{"SIGNATURE_MISSING", "signature that the form demands is missing"},
	{"SIGNATURE_OF_ANOTHER_TEXT", "signature is over another text"},
	{"GRANT_NOT_FOUND", "there is no such grant"},
	{"GRANT_EXPIRED", "grant has expired"},
	{"GRANT_USED", "grant was used before"},
	{"GRANT_REVOKED", "grant was taken back"},
	{"GRANT_VERIFIER_WRONG", "code verifier is not that of the grant"},
	{"GRANT_SCOPE_EXCEEDED", "more is asked for than was granted"},
	{"COUNTERPARTY_NOT_IN_FORCE",
	"resource server or its owner is not in force"},
	{"DUPLICATE_TRANSACTION", "transaction was processed before"},
};

static const char *
rule_message(const char *code)
{
	size_t		i;

	for (i = 0; i < GAUTH_RULE_COUNT; i++)
	{
		if (strcmp(gauth_rules[i].code, code) == 0)
			return gauth_rules[i].message;
	}
	for (i = 0; i < lengthof(step_rules); i++)
	{
		if (strcmp(step_rules[i].code, code) == 0)
			return step_rules[i].message;
	}
	return "rule of powers of attorney was broken";
}

/*
 * gauth_raise_rule
 *		A rule of powers of attorney was broken; the detail is its code.
 */
void
gauth_raise_rule(const char *code)
{
	ereport(ERROR,
			(errcode(GAUTH_ERRCODE_RULE),
			 errmsg_internal("%s", rule_message(code)),
			 errdetail_internal("%s", code),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_no_capability(const char *capability)
{
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("capability \"%s\" is needed", capability),
			 errhint("An administrator can give it with gauth.grant_access."),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_capability_unknown(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("there is no such capability"),
			 errhint("The capabilities are verifier, enforcer, issuer, "
					 "administrator and auditor."),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_object_refused(const char *capability)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("capability \"%s\" is not given for an object",
					capability),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_store_unknown(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("there is no such policy store"),
			 errhint("Make it with gauth.create_policy_store."),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_issuer_unknown(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("there is no such issuer"),
			 errhint("Add it with gauth.add_issuer."),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_issuer_exists(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DUPLICATE_OBJECT),
			 errmsg("issuer exists already"),
			 errhint("Renew its keys with gauth.put_jwks."),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_issuer_not_hosted(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("issuer is not hosted"),
			 errdetail("gauth makes keys and signs for hosted issuers only."),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_namespace_taken(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNIQUE_VIOLATION),
			 errmsg("namespace belongs to another issuer"),
			 errhint("Give every issuer a namespace of its own, such as "
					 "'partner:', so that equal subjects of two issuers stay "
					 "apart; only one may have the empty one."),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_key_unknown(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("there is no such key"),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_rotation_in_progress(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_LOCK_NOT_AVAILABLE),
			 errmsg("keys of the issuer are being changed"),
			 errdetail("ROTATION_IN_PROGRESS"),
			 errhint("Wait until the other transaction has ended."),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_algorithm_unknown(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("there is no such algorithm"),
			 errhint("The algorithms are HS, RS, PS and ES with 256, 384 or "
					 "512, and EdDSA."),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_null(const char *argument)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("argument \"%s\" must not be null", argument),
			 errhidestmt(true)));
	pg_unreachable();
}

/* "rule" is the rest of the sentence: what the argument has to be */
void
gauth_raise_argument(const char *argument, const char *rule)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("argument \"%s\" must be %s", argument, rule),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_member_unknown(const char *argument, GauthSpan name)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("argument \"%s\" has no member \"%.*s\"", argument,
					(int) Min(name.len, NAMEDATALEN), name.data),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_claim_reserved(GauthSpan name)
{
	ereport(ERROR,
			(errcode(ERRCODE_RESERVED_NAME),
			 errmsg("claim \"%.*s\" is not for the caller to set",
					(int) name.len, name.data),
			 errhint("Registered claims follow from the other arguments; "
					 "names that begin with \"gauth\" belong to gauth."),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_rule_unknown(GauthSpan name)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("rule \"%.*s\" is not known, or of the wrong type",
					(int) name.len, name.data),
			 errhint("The rules are algorithms, issuer, audience, now, "
					 "leeway, require, typ, nonce and client."),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_setting_unknown(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("setting does not exist, or takes another value"),
			 errhint("The view gauth.settings lists all of them."),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_unknown(const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("there is no such %s", what),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_exists(const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_DUPLICATE_OBJECT),
			 errmsg("%s exists already", what),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_schema_missing(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("strict policy store has no schema"),
			 errhint("Give it one with gauth.put_schema, or use a store of "
					 "mode cedar."),
			 errhidestmt(true)));
	pg_unreachable();
}

/* of policies, schemas, entities and requests: "what" names which */
static int
policy_sqlstate(GauthStatus status)
{
	switch (status)
	{
		case GAUTH_LIMIT_EXCEEDED:
			return ERRCODE_PROGRAM_LIMIT_EXCEEDED;
		case GAUTH_INVALID_SYNTAX:
			return ERRCODE_SYNTAX_ERROR;
		case GAUTH_INVALID_JSON:
		case GAUTH_INVALID_ENCODING:
		case GAUTH_DUPLICATE_MEMBER:
			return ERRCODE_INVALID_TEXT_REPRESENTATION;
		default:
			return ERRCODE_INVALID_PARAMETER_VALUE;
	}
}

/*
 * gauth_raise_policy
 *		Raise why a policy, a schema, an entity or a request is not acceptable;
 *		the detail says where, and what was expected.
 */
void
gauth_raise_policy(const GauthError *err, const char *what)
{
	if (err->status == GAUTH_OUT_OF_MEMORY)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%s needs more memory than one call may take", what),
				 errdetail("The limit is %d MB.",
						   (int) (GAUTH_CALL_MEMORY_MAX / (1024 * 1024))),
				 errhidestmt(true)));
	ereport(ERROR,
			(errcode(policy_sqlstate(err->status)),
			 errmsg("%s is not acceptable", what),
			 errdetail_internal("%s: %s", gauth_status_name(err->status),
								err->detail),
			 errhidestmt(true)));
	pg_unreachable();
}

/*
 * gauth_raise_entity
 *		The same for a stored entity; "uid" is NULL when it could not be read.
 */
void
gauth_raise_entity(const GauthError *err, const GauthUid *uid)
{
	if (uid == NULL)
		gauth_raise_policy(err, "stored entity");
	ereport(ERROR,
			(errcode(policy_sqlstate(err->status)),
			 errmsg("stored entity is not acceptable"),
			 errdetail_internal("%.*s::\"%.*s\": %s", (int) uid->type_len,
								uid->bytes, (int) uid->id_len,
								uid->bytes + uid->type_len, err->detail),
			 errhidestmt(true)));
	pg_unreachable();
}

/*
 * gauth_raise_findings
 *		Raise what a validator has found, the first few of it.
 */
void
gauth_raise_findings(const GauthDiagnosticList *findings)
{
	const GauthDiagnostic *finding;
	StringInfoData text;
	int			shown = 0;

	initStringInfo(&text);
	for (finding = findings->first; finding != NULL; finding = finding->next)
	{
		if (finding->severity != GAUTH_SEVERITY_ERROR)
			continue;
		if (shown++ == FINDINGS_SHOWN)
			break;
		appendStringInfo(&text, "%spolicy \"%.*s\", line %u, column %u: %.*s",
						 text.len == 0 ? "" : "\n",
						 (int) finding->policy.len, finding->policy.data,
						 finding->line, finding->column,
						 (int) finding->message.len, finding->message.data);
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("policies do not fit the schema"),
			 errdetail_internal("%s", text.data),
			 errhidestmt(true)));
	pg_unreachable();
}

/*
 * gauth_raise_bindings
 *		Raise what does not hold of bindings, a line each.
 */
void
gauth_raise_bindings(const GauthText *findings)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("bound tables do not fit the schema"),
			 errdetail_internal("%.*s", (int) findings->len, findings->data),
			 errhint("Unbind the entity type, and bind it again under the "
					 "other schema, in one transaction."),
			 errhidestmt(true)));
	pg_unreachable();
}

/* a sealed entry in the server log, for whoever collects that */
void
gauth_report_entry(GauthSpan entry)
{
	ereport(LOG,
			(errmsg_internal("gauth entry: %.*s", (int) entry.len,
							 entry.data),
			 errhidestmt(true),
			 errhidecontext(true)));
}

void
gauth_raise_not_a_trigger(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
			 errmsg("function was not called by a trigger"),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_warn_identity_ends(void)
{
	ereport(WARNING,
			(errcode(ERRCODE_NO_ACTIVE_SQL_TRANSACTION),
			 errmsg("identity ends with this statement"),
			 errhint("Call gauth.authenticate between BEGIN and COMMIT."),
			 errhidestmt(true)));
}

void
gauth_warn_role_missing(const char *role)
{
	ereport(WARNING,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("role \"%s\" does not exist, its access is not given",
					role),
			 errhidestmt(true)));
}

void
gauth_raise_scope_dimensions(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
			 errmsg("array of scope tokens must have one dimension"),
			 errhidestmt(true)));
	pg_unreachable();
}

void
gauth_raise_scope_null(int element)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("scope token must not be null"),
			 errdetail("Element %d is null.", element),
			 errhidestmt(true)));
	pg_unreachable();
}

/*
 * gauth_report_scope
 *		Say why a text is no scope, softly where "context" asks for it.
 *
 * Every character before the refused one is ASCII, so that the offset in
 * bytes also counts characters, in any encoding.  "element" is the place of
 * the token in an array, 0 when there is none.
 */
void
gauth_report_scope(const GauthError *err, int element, Node *context)
{
	switch (err->status)
	{
		case GAUTH_INVALID_SCOPE:
			errsave(context,
					(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					 errmsg("invalid scope token"),
					 element == 0 ?
					 errdetail("Character %zu is %s.",
							   err->offset + 1, err->detail) :
					 errdetail("Element %d: character %zu is %s.",
							   element, err->offset + 1, err->detail),
					 errhidestmt(true)));
			break;
		case GAUTH_LIMIT_EXCEEDED:
			errsave(context,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("scope is too large"),
					 errdetail("A scope has at most %d bytes.",
							   GAUTH_SCOPE_MAX_SIZE),
					 errhidestmt(true)));
			break;
		default:
			gauth_raise(err);
	}
}

static emit_log_hook_type next_log_hook = NULL;

static bool
is_base64url(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		(c >= '0' && c <= '9') || c == '-' || c == '_';
}

static size_t
segment_length(const char *text)
{
	size_t		len = 0;

	while (is_base64url(text[len]))
		len++;
	return len;
}

/* base64url of the shortest header that names an algorithm is longer */
#define TOKEN_HEADER_MIN	16

/*
 * Every header begins with a brace: "eyJ" when a quote follows it, "ey" or
 * "ew" when white space does, which is as much as many a word begins with.
 */
static bool
may_begin_token(const char *text, const char *start)
{
	if (start[1] == 'y' && start[2] == 'J')
		return true;
	return (start[1] == 'y' || start[1] == 'w') &&
		(start == text || !is_base64url(start[-1]));
}

/* a header, a dot, a payload, a dot: all that can be used with a signature */
static bool
is_token(const char *start, size_t header)
{
	const char *payload = start + header + 1;

	return header >= TOKEN_HEADER_MIN && start[header] == '.' &&
		payload[segment_length(payload)] == '.';
}

/*
 * The next run of characters in "text" that looks like a token, NULL when
 * there is none.
 */
static char *
find_token(char *text, size_t *len)
{
	char	   *start = strchr(text, 'e');

	while (start != NULL)
	{
		size_t		header = 1;

		if (may_begin_token(text, start))
			header = segment_length(start);
		if (is_token(start, header))
		{
			*len = header;
			while (is_base64url(start[*len]) || start[*len] == '.')
				(*len)++;
			return start;
		}
		start = strchr(start + header, 'e');
	}
	return NULL;
}

/* overwrite the tokens of a text that is about to be shown */
static void
mask_tokens(char *text)
{
	size_t		len;

	if (text == NULL)
		return;
	for (text = find_token(text, &len); text != NULL;
		 text = find_token(text, &len))
	{
		memset(text, '*', len);
		text += len;
	}
}

/*
 * A statement that failed for a reason of its own is logged with its text,
 * and PL/pgSQL shows statements in the context: a token there would be in the
 * log for longer than it lives.
 */
static void
hide_tokens(ErrorData *report)
{
	size_t		len;

	if (debug_query_string != NULL &&
		find_token(unconstify(char *, debug_query_string), &len) != NULL)
		report->hide_stmt = true;
	mask_tokens(report->message);
	mask_tokens(report->detail);
	mask_tokens(report->detail_log);
	mask_tokens(report->hint);
	mask_tokens(report->context);
	mask_tokens(report->internalquery);
	if (next_log_hook != NULL)
		next_log_hook(report);
}

/*
 * gauth_report_init
 *		Keep tokens out of the server log, and lend store/ the words; once in
 *		the life of a process.
 */
void
gauth_report_init(void)
{
	next_log_hook = emit_log_hook;
	emit_log_hook = hide_tokens;
	gauth_refuse_with = gauth_raise;
}
