/*
 * test_enforce_answer.c
 *		Requests as they are read, answers as they are written, batches.
 */
#include <time.h>

#include "decision/enforce_policy.h"
#include "test_enforce.h"

typedef struct FieldCase
{
	const char *change;
	const char *failed_field;	/* NULL: a good request */
} FieldCase;

/* D-03: what has to be there, D-61: what may be */
static const FieldCase field_cases[] = {
	{"request_id", "request_id"},
	{"timestamp", "timestamp"},
	{"action", "action"},
	{"action.verb", "action.verb"},
	{"action.resource", "action.resource"},
	{"agent", "agent"},
	{"agent.agent_id", "agent.agent_id"},
	{"credential", "credential"},
	{"credential.format", "credential.format"},
	{"request_id 5", "request_id"},
	{"request_id \"\"", "request_id"},
	{"timestamp \"yesterday\"", "timestamp"},
	{"timestamp 1775728800", "timestamp"},
	{"action []", "action"},
	{"action.verb null", "action.verb"},
	{"action.resource {}", "action.resource"},
	{"action.parameters []", "action.parameters"},
	{"action.parameters.amount_cents -1", "action.parameters.amount_cents"},
	{"action.parameters.amount_cents 1.5", "action.parameters.amount_cents"},
	{"action.parameters.amount_cents \"5\"",
	"action.parameters.amount_cents"},
	{"action.parameters.amount_cents 99999999999999999999",
	"action.parameters.amount_cents"},
	{"action.sector 5", "action.sector"},
	{"credential.format \"paper\"", "credential.format"},
	{"credential.token 5", "credential.token"},
	{"context []", "context"},
	{"context.session_state 5", "context.session_state"},
	{"context.session_state.tool_calls_used -1",
	"context.session_state.tool_calls_used"},
	{"context.session_state.session_started_at \"x\"",
	"context.session_state.session_started_at"},
	/* a caller who is not trusted is not even heard */
	{"context.live_mandate_state 5", NULL},
	{"credential.poa_snapshot 5", NULL},
	{"unknown {\"a\":[1,2,3]}", NULL},
	{"action.unknown true", NULL},
	{"action.parameters.unknown \"x\"", NULL},
	{"agent.unknown 1", NULL},
	{"credential.unknown 1", NULL},
	{"context.unknown 1", NULL},
	{"action.verb \"not a verb\"", NULL},
};

static void
test_fields(void)
{
	size_t		i;

	for (i = 0; i < sizeof(field_cases) / sizeof(field_cases[0]); i++)
	{
		const FieldCase *it = &field_cases[i];
		Stage		stage;
		bool		good;

		stage_begin(&stage);
		stage_request(&stage, it->change);
		if (it->failed_field == NULL)
			good = stage_read(&stage);
		else
			good = !stage_read(&stage) &&
				stage.error.code == GAUTH_ENFORCE_INVALID_REQUEST &&
				gauth_span_is(stage.error.failed_field, it->failed_field);
		if (!CHECK(good))
			printf("  %s: %.*s\n", it->change,
				   (int) stage.error.failed_field.len,
				   stage.error.failed_field.data);
		stage_end(&stage);
	}
}

static GauthJson *
parse(Stage *stage, GauthSpan text)
{
	GauthJson  *json = NULL;

	CHECK_STATUS(gauth_json_parse(&stage->arena, text,
								  &gauth_json_document_limits, &json, NULL),
				 GAUTH_OK);
	return json;
}

/* a member of the names "path", joined by dots */
static const GauthJson *
member(const GauthJson *json, const char *path)
{
	const char *dot;

	while ((dot = strchr(path, '.')) != NULL)
	{
		json = gauth_json_find(json, gauth_span(path, (size_t) (dot - path)));
		path = dot + 1;
	}
	return gauth_json_get(json, path);
}

static int64_t
number(const GauthJson *json, const char *path)
{
	int64_t		value = -1;

	CHECK(gauth_json_to_int64(member(json, path), &value));
	return value;
}

static bool
is_word(const GauthJson *json, const char *path, const char *word)
{
	return gauth_json_is_string(member(json, path), word);
}

/* D-05, D-42: every check once, in order, with a result of the four */
static void
check_checks(const GauthJson *checks)
{
	static const char *const results[] = {"pass", "fail", "skip",
	"constrain"};
	const GauthJson *item = checks->first;
	char		id[32];
	int			i;
	int			j;

	CHECK(checks->count == 17);
	for (i = 1; i <= 17 && item != NULL; i++, item = item->next)
	{
		bool		known = false;

		(void) snprintf(id, sizeof(id), "CHK-%02d", i);
		CHECK(is_word(item, "check_id", id));
		CHECK(member(item, "check_name") != NULL);
		for (j = 0; j < 4; j++)
			known = known || is_word(item, "result", results[j]);
		CHECK(known);
	}
}

/* D-01, D-05, D-44, D-60 */
static void
test_decision(void)
{
	Stage		stage;
	GauthJson  *json;

	stage_begin(&stage);
	stage_mandate(&stage, "scope.core_verbs.urn:gauth:verb:core:file:modify."
				  "constraints.max_file_size_bytes 10\n");
	CHECK(stage_read(&stage));
	stage_decide(&stage);
	json = parse(&stage, stage_answer(&stage));
	CHECK(is_word(json, "request_id", "req-1"));
	CHECK(is_word(json, "decision", "CONSTRAIN"));
	CHECK(is_word(json, "timestamp", "2026-04-09T10:00:00Z"));
	CHECK(is_word(json, "enforcement_mode", "stateful"));
	check_checks(member(json, "checks"));
	CHECK(member(json, "violations")->count == 0);
	CHECK(member(json, "enforced_constraints")->count == 1);
	CHECK(is_word(member(json, "enforced_constraints")->first,
				  "constraint_type", "file_size_limited"));
	CHECK(is_word(member(json, "enforced_constraints")->first, "check_id",
				  "CHK-09"));
	CHECK(member(member(json, "enforced_constraints")->first,
				 "requested")->type == GAUTH_JSON_NULL);
	CHECK(number(member(json, "enforced_constraints")->first,
				 "enforced") == 10);

	CHECK(is_word(json, "audit.pep_version", "test"));
	CHECK(is_word(json, "audit.pep_interface_version", "1.2"));
	CHECK(is_word(json, "audit.credential_jti", "tok_1"));
	CHECK(is_word(json, "audit.mandate_id", "mdt_1"));
	CHECK(is_word(json, "audit.agent_id", "agent_1"));
	CHECK(is_word(json, "audit.action_resource", "src/a.c"));
	CHECK(member(json, "audit.processing_time_ms") != NULL);
	CHECK(number(json, "audit.checks_performed") == 17);
	CHECK(number(json, "audit.checks_constrained") == 1);
	CHECK(number(json, "audit.checks_passed") +
		  number(json, "audit.checks_failed") +
		  number(json, "audit.checks_skipped") +
		  number(json, "audit.checks_constrained") == 17);
	stage_end(&stage);
}

/* D-42: also where there is nothing to look at; D-40 */
static void
test_denial(void)
{
	Stage		stage;
	GauthJson  *json;
	const GauthJson *violation;

	stage_begin(&stage);
	CHECK(stage_read(&stage));
	stage.input.credential = NULL;
	stage.input.evidence.source = GAUTH_SOURCE_NONE;
	stage_decide(&stage);
	json = parse(&stage, stage_answer(&stage));
	CHECK(is_word(json, "decision", "DENY"));
	check_checks(member(json, "checks"));
	CHECK(member(json, "enforced_constraints")->count == 0);
	CHECK(member(json, "violations")->count == 1);
	stage_end(&stage);

	stage_begin(&stage);
	stage_mandate(&stage, "conditions.min_trust_class \"Trusted\"\n");
	CHECK(stage_read(&stage));
	stage.input.local_trust = GAUTH_TRUST_STANDARD;
	stage.input.cross_trust = GAUTH_TRUST_TRUSTED;
	stage_decide(&stage);
	json = parse(&stage, stage_answer(&stage));
	violation = member(json, "violations")->first;
	CHECK(is_word(violation, "code", "REPUTATION_BELOW_GRANT_CONDITION"));
	CHECK(is_word(violation, "severity", "error"));
	CHECK(is_word(violation, "check_id", "CHK-17"));
	CHECK(is_word(violation, "details.effective_tier", "Standard"));
	CHECK(is_word(violation, "details.min_trust_class", "Trusted"));
	CHECK(is_word(violation, "details.mode", "stateful"));
	stage_end(&stage);
}

/* D-41: what does not apply is skipped */
static void
test_skips(void)
{
	static const GauthCheckId skipped[] = {
		GAUTH_CHECK_SECTOR, GAUTH_CHECK_REGION, GAUTH_CHECK_PATH,
		GAUTH_CHECK_CONSTRAINT, GAUTH_CHECK_PLATFORM,
		GAUTH_CHECK_TRANSACTION, GAUTH_CHECK_DECISION, GAUTH_CHECK_BUDGET,
		GAUTH_CHECK_SESSION, GAUTH_CHECK_APPROVAL, GAUTH_CHECK_DELEGATION,
		GAUTH_CHECK_CONDITION
	};
	Stage		stage;
	int			check;
	size_t		i;

	stage_begin(&stage);
	stage_request(&stage, "action.verb \"core.payment.create\"\n"
				  "action.resource_type \"api_record\"\n");
	CHECK(stage_read(&stage));
	stage_decide(&stage);
	CHECK(stage.decision.ruling == GAUTH_RULING_PERMIT);
	for (check = 0; check < GAUTH_CHECK_COUNT; check++)
	{
		bool		expected = false;

		for (i = 0; i < sizeof(skipped) / sizeof(skipped[0]); i++)
			expected = expected || skipped[i] == (GauthCheckId) check;
		CHECK(stage_result(&stage, (GauthCheckId) check, false) ==
			  (expected ? GAUTH_CHECK_SKIP : GAUTH_CHECK_PASS));
	}
	stage_end(&stage);
}

typedef struct ModeCase
{
	const char *mandate;
	const char *request;
	GauthEnforceMode mode;
} ModeCase;

/* D-45: chosen by rule, whatever the caller says */
static const ModeCase mode_cases[] = {
	{NULL, "action.verb \"core.file.read\"\n", GAUTH_MODE_STATELESS},
	{NULL, "action.verb \"core.file.read\"\nenforcement_mode \"stateful\"\n",
	GAUTH_MODE_STATELESS},
	{NULL, "enforcement_mode \"stateless\"\n", GAUTH_MODE_STATEFUL},
	{NULL, "action.verb \"core.deployment.start\"\n", GAUTH_MODE_STATEFUL},
	{NULL, "action.verb \"core.command.run\"\n", GAUTH_MODE_STATEFUL},
	{NULL, "action.verb \"core.agent.delegate\"\n", GAUTH_MODE_STATEFUL},
	{NULL, "action.verb \"core.thing.frobnicate\"\n", GAUTH_MODE_STATEFUL},
	{NULL, "action.verb \"core.file.read\"\n"
	"action.parameters.amount_cents 0\n", GAUTH_MODE_STATEFUL},
	{"scope.core_verbs.urn:gauth:verb:core:file:read.cost_cents_base 1\n",
	"action.verb \"core.file.read\"\n", GAUTH_MODE_STATEFUL},
	{"scope.core_verbs.urn:gauth:verb:core:file:read.requiresApproval true\n",
	"action.verb \"core.file.read\"\n", GAUTH_MODE_STATEFUL},
	{"requirements.approval_mode \"supervised\"\n",
	"action.verb \"core.file.read\"\n", GAUTH_MODE_STATEFUL},
	{"conditions.continuous_verification true\n",
	"action.verb \"core.file.read\"\n", GAUTH_MODE_STATEFUL},
};

static void
test_modes(void)
{
	Stage		stage;
	size_t		i;

	for (i = 0; i < sizeof(mode_cases) / sizeof(mode_cases[0]); i++)
	{
		stage_begin(&stage);
		stage_mandate(&stage, mode_cases[i].mandate);
		stage_request(&stage, mode_cases[i].request);
		CHECK(stage_read(&stage));
		CHECK(gauth_enforce_mode(&stage.input) == mode_cases[i].mode);
		stage_end(&stage);
	}

	/* D-23: a hash of the verbs is not enough */
	stage_begin(&stage);
	stage_request(&stage, "action.verb \"core.file.read\"\n");
	CHECK(stage_read(&stage));
	stage.credential.powers.verbs_given = false;
	stage.credential.powers.verb_count = 0;
	CHECK(gauth_enforce_mode(&stage.input) == GAUTH_MODE_STATEFUL);
	stage_decide(&stage);
	CHECK(stage_has(&stage, "VERB_NOT_ALLOWED"));
	stage_end(&stage);

	/* D-46: what the credential says of the budget is the most there can be */
	stage_begin(&stage);
	stage_request(&stage, "action.parameters.amount_cents 100001\n");
	CHECK(stage_read(&stage));
	stage.input.live.known = false;
	stage_decide(&stage);
	CHECK(stage_has(&stage, "BUDGET_EXCEEDED"));
	CHECK(stage.decision.mode == GAUTH_MODE_STATEFUL);
	stage_end(&stage);
}

/* D-06, D-09: an error denies, whatever else; a permit is clean */
static void
test_precedence(void)
{
	static const GauthFinding findings[] = {
		{GAUTH_CHECK_BUDGET, GAUTH_BUDGET_EXCEEDED, GAUTH_SEVERITY_WARNING,
		"somebody worries", NULL},
		{GAUTH_CHECK_STATUS, GAUTH_CREDENTIAL_REVOKED, GAUTH_SEVERITY_ERROR,
		"the principal has no legal capacity", NULL}
	};
	Stage		stage;
	uint32_t	count;

	for (count = 0; count <= 2; count++)
	{
		stage_begin(&stage);
		stage_mandate(&stage,
					  "scope.core_verbs.urn:gauth:verb:core:file:modify."
					  "constraints.max_file_size_bytes 10\n");
		CHECK(stage_read(&stage));
		stage.input.findings = findings;
		stage.input.finding_count = count;
		stage_decide(&stage);
		CHECK(stage.decision.ruling == (count == 2 ? GAUTH_RULING_DENY
										: GAUTH_RULING_CONSTRAIN));
		CHECK(stage_has(&stage, "BUDGET_EXCEEDED") == (count > 0));
		CHECK((stage_constraint(&stage, "file_size_limited") != NULL) ==
			  (count < 2));
		CHECK(stage_result(&stage, GAUTH_CHECK_STATUS, false) ==
			  (count == 2 ? GAUTH_CHECK_FAIL : GAUTH_CHECK_PASS));
		stage_end(&stage);
	}
}

/* D-10: 24 codes, each once */
static void
test_registry(void)
{
	int			a;
	int			b;

	CHECK(GAUTH_VIOLATION_CODE_COUNT == 24);
	for (a = 0; a < GAUTH_VIOLATION_CODE_COUNT; a++)
	{
		for (b = 0; b < a; b++)
			CHECK(strcmp(gauth_violation_code_name((GauthViolationCode) a),
						 gauth_violation_code_name((GauthViolationCode) b)));
	}
}

/* D-57: sizes */
static void
test_limits(void)
{
	static char text[GAUTH_ENFORCE_REQUEST_MAX + 2];
	static char batch[64 * 200];
	GauthArena	arena;
	GauthEnforceError error;
	const GauthJson *json;
	int			count;

	gauth_arena_init(&arena, NULL, 0, &gauth_malloc_source, 0);
	memset(text, ' ', sizeof(text));
	text[0] = '{';
	text[1] = '}';
	CHECK_STATUS(gauth_enforce_parse(&arena,
									 gauth_span(text, 64 * 1024), &json,
									 &error), GAUTH_OK);
	CHECK_STATUS(gauth_enforce_parse(&arena,
									 gauth_span(text, 64 * 1024 + 1), &json,
									 &error), GAUTH_INVALID_VALUE);
	CHECK(error.code == GAUTH_ENFORCE_INVALID_REQUEST);
	for (count = 49; count <= 51; count++)
	{
		int			i;

		(void) strcpy(batch, "[{}");
		for (i = 1; i < count; i++)
			(void) strcat(batch, ",{}");
		(void) strcat(batch, "]");
		CHECK_STATUS(gauth_enforce_parse_batch(&arena, gauth_span_of(batch),
											   &json, &error),
					 count <= 50 ? GAUTH_OK : GAUTH_INVALID_VALUE);
	}
	CHECK(gauth_span_is(error.failed_field, "requests"));
	CHECK_STATUS(gauth_enforce_parse_batch(&arena, GAUTH_SPAN("[]"), &json,
										   &error), GAUTH_INVALID_VALUE);
	CHECK_STATUS(gauth_enforce_parse_batch(&arena, GAUTH_SPAN("{}"), &json,
										   &error), GAUTH_INVALID_VALUE);
	memset(text, ' ', sizeof(text));
	memcpy(text, "[{\"a\":", 6);
	memcpy(text + sizeof(text) - 3, "1}]", 3);
	CHECK_STATUS(gauth_enforce_parse_batch(&arena,
										   gauth_span(text, sizeof(text)),
										   &json, &error),
				 GAUTH_INVALID_VALUE);
	gauth_arena_reset(&arena);
}

static GauthSpan
written(Stage *stage, GauthText *text)
{
	GauthSpan	result = {NULL, 0};

	CHECK(gauth_text_finish(text, &result));
	(void) stage;
	return result;
}

/* CT-PEP-021, D-11, D-63: what only a trusted caller says */
static void
test_snapshot(void)
{
	Stage		stage;
	GauthText	text;
	GauthJson  *json;

	stage_begin(&stage);
	stage_request(&stage, "credential.poa_snapshot {\"parties\":5}\n"
				  "context.live_mandate_state {\"status\":\"active\"}\n");
	CHECK(stage_read(&stage));
	CHECK(stage.request.snapshot == NULL && stage.request.live == NULL);

	CHECK_STATUS(gauth_enforce_read_request(&stage.arena, stage.asked, true,
											&stage.request, &stage.error),
				 GAUTH_OK);
	CHECK_STATUS(gauth_enforce_read_live(&stage.arena, &stage.request,
										 &stage.input.live, &stage.error),
				 GAUTH_OK);
	CHECK(stage.input.live.known && !stage.input.live.own);
	CHECK_STATUS(gauth_enforce_read_snapshot(&stage.arena, &stage.request,
											 &stage.credential,
											 &stage.input.evidence,
											 &stage.error),
				 GAUTH_INVALID_VALUE);
	gauth_text_init(&text, &stage.arena);
	gauth_enforce_append_error(&text, &stage.error, NOW);
	json = parse(&stage, written(&stage, &text));
	CHECK(is_word(json, "error_code", "CREDENTIAL_PARSE_ERROR"));
	CHECK(is_word(json, "request_id", "req-1"));
	CHECK(is_word(json, "timestamp", "2026-04-09T10:00:00Z"));
	CHECK(is_word(json, "detail.failed_field",
				  "credential.poa_snapshot.parties"));
	stage_end(&stage);
}

/* a good snapshot is decided about as any credential */
static void
test_good_snapshot(void)
{
	Stage		stage;

	stage_begin(&stage);
	stage_request(&stage,
				  "context.live_mandate_state {\"status\":\"revoked\"}\n");
	CHECK(stage_read(&stage));
	CHECK_STATUS(gauth_enforce_read_request(&stage.arena, stage.asked, true,
											&stage.request, &stage.error),
				 GAUTH_OK);
	stage.request.snapshot = stage.mandate;
	CHECK_STATUS(gauth_enforce_read_snapshot(&stage.arena, &stage.request,
											 &stage.credential,
											 &stage.input.evidence,
											 &stage.error), GAUTH_OK);
	stage_decide(&stage);
	CHECK(stage.decision.ruling == GAUTH_RULING_PERMIT);
	CHECK_STATUS(gauth_enforce_read_live(&stage.arena, &stage.request,
										 &stage.input.live, &stage.error),
				 GAUTH_OK);
	stage_decide(&stage);
	CHECK(stage_has(&stage, "CREDENTIAL_REVOKED"));
	stage_end(&stage);
}

/* CT-PEP-028, CT-PEP-029, D-58 */
static void
test_batch(void)
{
	Stage		stages[2];
	GauthEnforceAnswer answers[3];
	GauthRuling overall;
	int			mode;
	int			i;

	for (mode = GAUTH_BATCH_INDEPENDENT; mode <= GAUTH_BATCH_ALL_OR_NOTHING;
		 mode++)
	{
		memset(answers, 0, sizeof(answers));
		for (i = 0; i < 2; i++)
		{
			stage_begin(&stages[i]);
			stage_request(&stages[i], i == 0 ? NULL
						  : "action.verb \"core.file.rename\"\n");
			CHECK(stage_read(&stages[i]));
			stage_decide(&stages[i]);
			answers[i].input = &stages[i].input;
			answers[i].decision = &stages[i].decision;
			answers[i].record.version = "test";
		}
		CHECK_STATUS(gauth_enforce_combine(&stages[0].arena, answers, 1,
										   (GauthBatchMode) mode, &overall),
					 GAUTH_OK);
		CHECK(overall == GAUTH_RULING_PERMIT);
		CHECK_STATUS(gauth_enforce_combine(&stages[0].arena, answers, 2,
										   (GauthBatchMode) mode, &overall),
					 GAUTH_OK);
		CHECK(overall == GAUTH_RULING_DENY);
		CHECK(stages[0].decision.ruling ==
			  (mode == GAUTH_BATCH_INDEPENDENT ? GAUTH_RULING_PERMIT
			   : GAUTH_RULING_DENY));
		CHECK((stages[0].decision.violations != NULL) ==
			  (mode == GAUTH_BATCH_ALL_OR_NOTHING));
		CHECK(stages[1].decision.ruling == GAUTH_RULING_DENY);

		/* D-11: an error is a denial */
		CHECK_STATUS(gauth_enforce_combine(&stages[0].arena, answers + 2, 1,
										   (GauthBatchMode) mode, &overall),
					 GAUTH_OK);
		CHECK(overall == GAUTH_RULING_DENY);
		for (i = 0; i < 2; i++)
			stage_end(&stages[i]);
	}
}

/* D-11: the five errors */
static void
test_errors(void)
{
	static const char *const names[] = {
		"INVALID_REQUEST", "CREDENTIAL_PARSE_ERROR", "ISSUER_UNREACHABLE",
		"EVALUATION_TIMEOUT", "PEP_INTERNAL_ERROR"
	};
	Stage		stage;
	int			code;

	stage_begin(&stage);
	for (code = GAUTH_ENFORCE_INVALID_REQUEST;
		 code <= GAUTH_ENFORCE_INTERNAL_ERROR; code++)
	{
		GauthEnforceError error = {.code = (GauthEnforceErrorCode) code};
		GauthText	text;
		GauthJson  *json;

		gauth_text_init(&text, &stage.arena);
		gauth_enforce_append_error(&text, &error, NOW);
		json = parse(&stage, written(&stage, &text));
		CHECK(is_word(json, "error_code", names[code - 1]));
		CHECK(member(json, "message") != NULL);
		CHECK(member(json, "request_id") == NULL);
		CHECK(member(json, "decision") == NULL);
	}
	stage_end(&stage);
}

/* D-59 */
static void
test_policy(void)
{
	static const char *const keys[] = {
		"governance_profile", "phase", "allowed_verbs", "denied_paths",
		"allowed_paths", "permissions", "budget.total_cents",
		"budget.remaining_cents", "session_limits", "approval_mode",
		"delegation.allowed", "delegation.max_depth"
	};
	Stage		stage;
	GauthText	text;
	GauthJson  *json;
	size_t		i;

	stage_begin(&stage);
	stage_mandate(&stage, "scope.allowed_paths [\"src/\"]\n");
	CHECK(stage_read(&stage));
	gauth_text_init(&text, &stage.arena);
	gauth_enforce_append_policy(&text, &stage.input, NULL);
	json = parse(&stage, written(&stage, &text));
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		CHECK(member(json, keys[i]) != NULL);
	CHECK(member(json, "allowed_verbs")->count == 13);
	CHECK(number(json, "budget.remaining_cents") == 100000);
	CHECK(member(json, "delegation.allowed")->type == GAUTH_JSON_TRUE);
	CHECK(member(json, "attested_limits") == NULL);
	stage_end(&stage);
}

/* B-24: what a definition demands that no check can see is disclosed */
static void
test_attested(void)
{
	Stage		stage;
	GauthSpan	proved = GAUTH_SPAN("model_limits");
	GauthDefinitionFacts facts = {
		.proved = {.given = true,.count = 1,.items = &proved}
	};
	GauthText	text;
	GauthJson  *json;

	stage_begin(&stage);
	stage_mandate(&stage, NULL);
	CHECK(stage_read(&stage));
	facts.definition =
		parse(&stage, GAUTH_SPAN("{\"requirements\":{\"power_limits\":{"
								 "\"outcome_limitations\":[\"x\"],"
								 "\"model_limits\":[\"< 10B\"],"
								 "\"behavioural_limits\":[],"
								 "\"quantum_resistance\":true}}}"));
	gauth_text_init(&text, &stage.arena);
	gauth_enforce_append_policy(&text, &stage.input, &facts);
	json = parse(&stage, written(&stage, &text));
	CHECK(member(json, "attested_limits.outcome_limitations.demands")->count
		  == 1);
	CHECK(member(json, "attested_limits.outcome_limitations.attested")->type
		  == GAUTH_JSON_FALSE);
	CHECK(member(json, "attested_limits.model_limits.attested")->type
		  == GAUTH_JSON_TRUE);
	CHECK(member(json, "attested_limits.behavioural_limits")->type
		  == GAUTH_JSON_NULL);
	CHECK(member(json, "attested_limits.quantum_resistance.demands")->type
		  == GAUTH_JSON_TRUE);
	CHECK(member(json, "attested_limits.quantum_resistance.attested")->type
		  == GAUTH_JSON_FALSE);
	stage_end(&stage);
}

/* D-49: no memory is no permit */
static void
test_memory(void)
{
	Stage		stage;
	size_t		size;
	int			refused = 0;

	stage_begin(&stage);
	stage_mandate(&stage, "scope.core_verbs.urn:gauth:verb:core:file:modify."
				  "constraints.max_file_size_bytes 10\n"
				  "scope.allowed_paths [\"src/\"]\n");
	CHECK(stage_read(&stage));
	for (size = 16; size < 2048; size += 16)
	{
		static char buffer[2048];
		GauthArena	small;

		gauth_arena_init(&small, buffer, size, NULL, 0);
		if (gauth_enforce(&small, &stage.input, &stage.decision) != GAUTH_OK)
		{
			refused++;
			CHECK(stage.decision.ruling == GAUTH_RULING_DENY);
		}
		else
			CHECK(stage.decision.ruling == GAUTH_RULING_CONSTRAIN);
	}
	CHECK(refused > 0);
	stage_end(&stage);
}

/* the CPU time of the quickest of many batches of decisions */
static double
time_decisions(Stage *stage)
{
	static char buffer[64 * 1024];
	double		least = 0;
	bool		good = true;
	int			batch;
	int			i;

	for (batch = 0; batch < 100; batch++)
	{
		clock_t		start = clock();
		double		taken;

		for (i = 0; i < 100; i++)
		{
			GauthArena	arena;

			gauth_arena_init(&arena, buffer, sizeof(buffer), NULL, 0);
			good = good && gauth_enforce(&arena, &stage->input,
										 &stage->decision) == GAUTH_OK;
		}
		taken = (double) (clock() - start);
		if (batch == 0 || taken < least)
			least = taken;
	}
	CHECK(good);
	return least;
}

/* D-55: how long it takes does not tell what was decided */
static void
test_timing(void)
{
	static const char *const denied[] = {
		"agent.agent_id \"agent_2\"\n",
		"action.verb \"core.file.get\"\n",
		"action.resource \"etc/passwd\"\n"
	};
	double		permit = 0;
	size_t		i;

	for (i = 0; i <= sizeof(denied) / sizeof(denied[0]); i++)
	{
		Stage		stage;
		double		taken;

		stage_begin(&stage);
		stage_mandate(&stage, "scope.allowed_paths [\"src/\"]\n");
		stage_request(&stage, "action.verb \"core.file.read\"\n");
		if (i > 0)
			stage_request(&stage, denied[i - 1]);
		CHECK(stage_read(&stage));
		CHECK(gauth_enforce_mode(&stage.input) == GAUTH_MODE_STATELESS);
		taken = time_decisions(&stage);
		CHECK(stage.decision.ruling == (i > 0 ? GAUTH_RULING_DENY
										: GAUTH_RULING_PERMIT));
		if (i == 0)
			permit = taken;
		if (!CHECK(taken < permit * 2 && permit < taken * 2))
			printf("  permit %.0f, denial %.0f\n", permit, taken);
		stage_end(&stage);
	}
}

int
main(void)
{
	test_fields();
	test_decision();
	test_denial();
	test_skips();
	test_modes();
	test_precedence();
	test_registry();
	test_limits();
	test_snapshot();
	test_good_snapshot();
	test_batch();
	test_errors();
	test_policy();
	test_attested();
	test_memory();
	test_timing();
	return unit_finish("enforce_answer");
}
