/*
 * schema_parser.h
 *		What the two halves of the human syntax's reader share; nobody else
 *		includes it.
 */
#ifndef GAUTH_POLICY_SCHEMA_PARSER_H
#define GAUTH_POLICY_SCHEMA_PARSER_H

#include "policy/lexer.h"
#include "policy/schema_tree.h"

typedef struct GauthSchemaParser
{
	GauthSchemaBuilder builder;
	GauthLexer	lexer;
	uint32_t	depth;			/* types within types */
	GauthSchemaNamespace *unnamed;	/* where declarations outside of all
									 * namespaces gather */
	GauthSchemaNamespace **last_namespace;
} GauthSchemaParser;

typedef GauthStatus (*GauthSchemaParseText) (GauthSchemaParser *parser,
											 GauthSpan *text);

extern GauthStatus gauth_schema_accept(GauthSchemaParser *parser,
									   const char *token, bool *found);
extern GauthStatus gauth_schema_expect(GauthSchemaParser *parser,
									   const char *token,
									   const char *expected);
extern GauthStatus gauth_schema_parse_identifier(GauthSchemaParser *parser,
												 GauthSpan *text);
extern GauthStatus gauth_schema_parse_string(GauthSchemaParser *parser,
											 GauthSpan *text);
extern GauthStatus gauth_schema_parse_name(GauthSchemaParser *parser,
										   GauthSpan *text);
extern GauthStatus gauth_schema_parse_path(GauthSchemaParser *parser,
										   GauthSpan *path, GauthSpan *id);
extern GauthStatus gauth_schema_parse_names(GauthSchemaParser *parser,
											GauthSchemaParseText parse_one,
											GauthSchemaName **first);
extern GauthStatus gauth_schema_parse_entity_types(GauthSchemaParser *parser,
												   const GauthSchemaName **first);
extern GauthStatus gauth_schema_parse_notes(GauthSchemaParser *parser,
											const GauthSchemaNote **notes);
extern GauthStatus gauth_schema_parse_record(GauthSchemaParser *parser,
											 const GauthSchemaType **result);
extern GauthStatus gauth_schema_parse_type(GauthSchemaParser *parser,
										   const GauthSchemaType **type);

#endif							/* GAUTH_POLICY_SCHEMA_PARSER_H */
