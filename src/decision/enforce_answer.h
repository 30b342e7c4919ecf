/*
 * enforce_answer.h
 *		Decisions and errors as RFC 0117 writes them (sections 5, 6 and 7).
 */
#ifndef GAUTH_DECISION_ENFORCE_ANSWER_H
#define GAUTH_DECISION_ENFORCE_ANSWER_H

#include "base/text.h"
#include "decision/enforce.h"

/* what an answer says besides the decision; none of it influenced that */
typedef struct GauthEnforceRecord
{
	int64_t		timestamp;		/* of the decision, in seconds */
	int64_t		micros;			/* it took; negative: is not told */
	const char *version;		/* of this implementation */
	GauthSpan	mandate;		/* empty when there is none */
	GauthSpan	policies;		/* what phase two found, as JSON; or empty */
} GauthEnforceRecord;

/* a member of a batch: a decision, or an error */
typedef struct GauthEnforceAnswer
{
	const GauthEnforceInput *input; /* NULL for an error */
	GauthEnforceDecision *decision;
	GauthEnforceError error;
	GauthEnforceRecord record;
} GauthEnforceAnswer;

typedef enum GauthBatchMode
{
	GAUTH_BATCH_INDEPENDENT,
	GAUTH_BATCH_ALL_OR_NOTHING
} GauthBatchMode;

extern void gauth_enforce_append_names(GauthText *text,
									   const GauthNames *names);
extern void gauth_enforce_append_answer(GauthText *text,
										const GauthEnforceAnswer *answer);
extern void gauth_enforce_append_error(GauthText *text,
									   const GauthEnforceError *error,
									   int64_t timestamp);
extern void gauth_enforce_append_refusal(GauthText *text,
										 const GauthEnforceDecision *decision);
extern bool gauth_batch_mode_find(GauthSpan name, GauthBatchMode *mode);
extern GauthStatus gauth_enforce_deny(GauthArena *arena,
									  GauthEnforceDecision *decision,
									  const char *message);
extern GauthStatus gauth_enforce_combine(GauthArena *arena,
										 GauthEnforceAnswer *answers,
										 uint32_t count, GauthBatchMode mode,
										 GauthRuling *overall);
extern GauthRuling gauth_enforce_answer_ruling(const GauthEnforceAnswer *answer);
extern const char *gauth_enforce_error_name(GauthEnforceErrorCode code);

#endif							/* GAUTH_DECISION_ENFORCE_ANSWER_H */
