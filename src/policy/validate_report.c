/*
 * validate_report.c
 *		The type checker: what it has to say.
 */
#include "policy/validate_check.h"

/*
 * gauth_check_report
 *		Add a diagnostic about "node".
 *
 * Errors: GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_check_report(GauthChecker *checker, const GauthCheckNode *node,
				   GauthSeverity severity, const GauthText *message)
{
	GauthDiagnostic diagnostic = {0};

	diagnostic.severity = severity;
	diagnostic.policy = checker->policy;
	diagnostic.offset = node->offset;
	diagnostic.end = node->end;
	if (!gauth_text_finish(message, &diagnostic.message))
		return gauth_fail(checker->err, GAUTH_OUT_OF_MEMORY, "validator");
	if (checker->diagnostics->error_count +
		checker->diagnostics->warning_count >= GAUTH_DIAGNOSTICS_MAX)
		return GAUTH_OK;
	return gauth_diagnostic_append_new(checker->result_arena,
									   checker->diagnostics, &diagnostic,
									   checker->err);
}

/*
 * gauth_check_report_plain
 *		Add an error about "node".
 *
 * Errors: GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_check_report_plain(GauthChecker *checker, const GauthCheckNode *node,
						 const char *message)
{
	GauthText	text;

	gauth_text_init(&text, checker->arena);
	gauth_text_append(&text, gauth_span_of(message));
	return gauth_check_report(checker, node, GAUTH_SEVERITY_ERROR, &text);
}

/*
 * gauth_check_report_types
 *		Add the error that these types do not go together.
 *
 * Errors: GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_check_report_types(GauthChecker *checker, const GauthCheckNode *node,
						 const GauthType *a, const GauthType *b)
{
	GauthText	text;

	gauth_text_init(&text, checker->arena);
	gauth_text_append(&text, GAUTH_SPAN("expected types that go together, "
										"found "));
	gauth_type_describe(&text, a);
	gauth_text_append(&text, GAUTH_SPAN(" and "));
	gauth_type_describe(&text, b);
	return gauth_check_report(checker, node, GAUTH_SEVERITY_ERROR, &text);
}

/*
 * gauth_check_report_expected
 *		Add the error that "node" has another type than expected.
 *
 * Errors: GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_check_report_expected(GauthChecker *checker, const GauthCheckNode *node,
							const char *expected, const GauthType *actual)
{
	GauthText	text;

	gauth_text_init(&text, checker->arena);
	gauth_text_append(&text, GAUTH_SPAN("expected "));
	gauth_text_append(&text, gauth_span_of(expected));
	gauth_text_append(&text, GAUTH_SPAN(", found "));
	gauth_type_describe(&text, actual);
	return gauth_check_report(checker, node, GAUTH_SEVERITY_ERROR, &text);
}
