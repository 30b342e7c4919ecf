/*
 * authzen.h
 *		Requests of the OpenID AuthZEN Authorization API 1.0, and what they
 *		are in the words of Cedar.
 *
 * A subject or resource {type, id, properties} is the entity type::"id"; its
 * properties are attributes that the request brings along.  An action {name,
 * properties} is Action::"name"; its properties are context.action.
 */
#ifndef GAUTH_DECISION_AUTHZEN_H
#define GAUTH_DECISION_AUTHZEN_H

#include "base/json.h"
#include "policy/entity.h"
#include "policy/schema.h"

/* entities of these types come from gauth itself, never with a request */
#define GAUTH_AUTHZEN_RESERVED		GAUTH_SPAN("GAuth::")

/* evaluations in one request */
#define GAUTH_AUTHZEN_BATCH_MAX		1000

/* what a search looks for; its id is not in the request */
typedef enum GauthAuthzenPart
{
	GAUTH_AUTHZEN_NONE,
	GAUTH_AUTHZEN_SUBJECT,
	GAUTH_AUTHZEN_RESOURCE,
	GAUTH_AUTHZEN_ACTION
} GauthAuthzenPart;

/* a subject or a resource, as it was sent */
typedef struct GauthAuthzenEntity
{
	GauthSpan	type;
	GauthSpan	id;				/* empty where it is searched */
	const GauthJson *properties;	/* or NULL */
} GauthAuthzenEntity;

/* one evaluation, or a search */
typedef struct GauthAuthzenQuestion
{
	GauthAuthzenPart searched;
	GauthAuthzenEntity subject;
	GauthAuthzenEntity resource;
	GauthSpan	action;			/* its name; empty where it is searched */
	const GauthJson *action_properties; /* or NULL */
	const GauthJson *context;	/* or NULL */
} GauthAuthzenQuestion;

/* when a batch ends before its last evaluation */
typedef enum GauthAuthzenSemantic
{
	GAUTH_AUTHZEN_EXECUTE_ALL,
	GAUTH_AUTHZEN_DENY_ON_FIRST_DENY,
	GAUTH_AUTHZEN_PERMIT_ON_FIRST_PERMIT
} GauthAuthzenSemantic;

typedef struct GauthAuthzenBatch
{
	const GauthJson *first;		/* its siblings follow; NULL: a single
								 * evaluation, the body itself */
	GauthAuthzenSemantic semantic;
} GauthAuthzenBatch;

/* how the store at hand reads values */
typedef struct GauthAuthzenReader
{
	GauthArena *arena;
	const GauthSchema *schema;	/* or NULL */
	bool		strict;			/* leave out what the schema does not know */
	GauthError *err;
} GauthAuthzenReader;

/* a question in the words of Cedar */
typedef struct GauthAuthzenRequest
{
	const GauthUid *principal;
	const GauthUid *action;
	const GauthUid *resource;
	GauthSpan	context;		/* a JSON object */
	const GauthEntityStore *brought;	/* closed; or NULL */
} GauthAuthzenRequest;

extern GauthStatus gauth_authzen_read_body(GauthArena *arena, GauthSpan text,
										   GauthJson **body, GauthError *err);
extern GauthStatus gauth_authzen_read_question(const GauthJson *body,
											   const GauthJson *item,
											   GauthAuthzenPart searched,
											   GauthAuthzenQuestion *question,
											   GauthError *err);
extern GauthStatus gauth_authzen_read_batch(const GauthJson *body,
											GauthAuthzenBatch *batch,
											GauthError *err);
extern bool gauth_authzen_batch_is_over(const GauthAuthzenBatch *batch,
										bool permit);
extern GauthStatus gauth_authzen_translate(const GauthAuthzenReader *reader,
										   const GauthAuthzenQuestion *asked,
										   GauthAuthzenRequest *request);

#endif							/* GAUTH_DECISION_AUTHZEN_H */
