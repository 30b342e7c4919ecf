/*
 * definition_document.h
 *		The text of a definition: validated whole, taken apart.
 */
#ifndef GAUTH_ENTRY_DEFINITION_DOCUMENT_H
#define GAUTH_ENTRY_DEFINITION_DOCUMENT_H

#include "postgres.h"

#include "base/json.h"
#include "poa/definition_rule.h"
#include "poa/problem.h"
#include "store/definition.h"

typedef struct GauthDefinitionText
{
	GauthArena	arena;
	GauthJson	parts;			/* parties, authorization, requirements */
	GauthSpan	text;			/* of these, to be stored */
	GauthSpan	id;				/* without data: none was given */
	GauthSpan	power;
	GauthSpan	principal;
	GauthSpan	agent;
	GauthProblems problems;
} GauthDefinitionText;

extern bool gauth_definition_text_read(GauthDefinitionText *text,
									   GauthSpan source);
extern Datum gauth_definition_text_refusal(const GauthDefinitionText *text);
extern const GauthJson *gauth_definition_parse(GauthArena *arena,
											   GauthSpan document);
extern bool gauth_definition_may_put(GauthSpan principal);
extern void gauth_definition_require(GauthSpan id, GauthDefinitionRow *row);

#endif							/* GAUTH_ENTRY_DEFINITION_DOCUMENT_H */
