/*
 * mandate_document.h
 *		The document of a mandate: validated whole, hashed, stored.
 */
#ifndef GAUTH_ENTRY_MANDATE_DOCUMENT_H
#define GAUTH_ENTRY_MANDATE_DOCUMENT_H

#include "entry/mandate_change.h"
#include "store/compat.h"

/* a hundred years, in seconds: no arithmetic of time overflows */
#define GAUTH_TTL_MAX	INT64_C(3155760000)

/* the three stages of RFC 0118 section 10 */
typedef enum GauthStage
{
	GAUTH_STAGE_SCHEMA,
	GAUTH_STAGE_CEILING,
	GAUTH_STAGE_CONSISTENCY,
	GAUTH_STAGE_COUNT
} GauthStage;

typedef struct GauthMandateDocument
{
	GauthArena	arena;
	GauthSpan	text;
	GauthCredential credential;
	GauthProblems problems[GAUTH_STAGE_COUNT];
} GauthMandateDocument;

/* what a new row has beside its document */
typedef struct GauthMandateRow
{
	GauthSpan	id;
	GauthMandateStatus status;
	GauthSpan	parent;			/* without data: none */
	int			depth;
	TimestampTz activated_at;	/* DT_NOBEGIN in a draft */
	TimestampTz expires_at;		/* DT_NOEND in a draft */
} GauthMandateRow;

extern bool gauth_mandate_document_read(GauthMandateDocument *document,
										GauthSpan text, bool delegated);
extern Datum gauth_mandate_document_refusal(const GauthMandateDocument *document);
extern void gauth_mandate_document_raise(const GauthMandateDocument *document)
			pg_attribute_noreturn();
extern void gauth_mandate_document_insert(const GauthMandateChange *change,
										  const GauthMandateDocument *document,
										  const GauthMandateRow *row);
extern void gauth_mandate_document_replace(const GauthMandateChange *change,
										   const GauthMandateDocument *document);

#endif							/* GAUTH_ENTRY_MANDATE_DOCUMENT_H */
