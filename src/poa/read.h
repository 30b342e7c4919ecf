/*
 * read.h
 *		Reading a document field by field, and noting all that is wrong with
 *		it on the way.
 *
 * Every reader below answers with a harmless value where the document has
 * none or a wrong one, so that reading goes on; what was wrong is in the
 * list of problems, with its place.
 */
#ifndef GAUTH_POA_READ_H
#define GAUTH_POA_READ_H

#include "poa/credential.h"

/* a place in a document, and what is there */
typedef struct GauthField GauthField;

struct GauthField
{
	const GauthField *parent;	/* NULL: the document itself */
	GauthSpan	name;			/* of a member, or of the document */
	int64_t		index;			/* of an element; -1 for a member */
	const GauthJson *json;		/* NULL: absent */
};

typedef struct GauthReader
{
	GauthArena *arena;
	GauthProblems *problems;
} GauthReader;

typedef enum GauthPresence
{
	GAUTH_OPTIONAL,
	GAUTH_REQUIRED
} GauthPresence;

/* what a list is made of */
typedef enum GauthItemKind
{
	GAUTH_ITEM_TEXT,			/* a name, a command, a code */
	GAUTH_ITEM_PATTERN,			/* a pattern of path.h */
	GAUTH_ITEM_VERB				/* a verb, made canonical */
} GauthItemKind;

extern GauthField gauth_field_root(GauthSpan name, const GauthJson *json);
extern GauthField gauth_field_get(const GauthField *object, const char *name);
extern GauthField gauth_field_alias(const GauthField *object,
									const char *name, const char *alias);
extern GauthField gauth_field_element(const GauthField *array,
									  const GauthJson *element, int64_t index);
extern GauthField gauth_field_member(const GauthField *object,
									 const GauthJson *member);

extern void gauth_read_problem(GauthReader *reader, const GauthField *field,
							   const char *code, const char *rule);
extern bool gauth_read_object(GauthReader *reader, const GauthField *field,
							  GauthPresence presence);
extern bool gauth_read_array(GauthReader *reader, const GauthField *field,
							 GauthPresence presence);
extern GauthSpan gauth_read_text(GauthReader *reader, const GauthField *field,
								 GauthPresence presence);
extern GauthSpan gauth_read_prose(GauthReader *reader,
								  const GauthField *field,
								  GauthPresence presence);
extern GauthSpan gauth_read_verb(GauthReader *reader, const GauthField *field,
								 GauthPresence presence);
extern GauthFlag gauth_read_flag(GauthReader *reader,
								 const GauthField *field,
								 GauthPresence presence);
extern int64_t gauth_read_integer(GauthReader *reader,
								  const GauthField *field,
								  GauthPresence presence, int64_t minimum);
extern int64_t gauth_read_instant(GauthReader *reader,
								  const GauthField *field,
								  GauthPresence presence);
extern int	gauth_read_word(GauthReader *reader, const GauthField *field,
							GauthPresence presence, const char *const *words);
extern GauthNames gauth_read_names(GauthReader *reader,
								   const GauthField *field,
								   GauthItemKind kind);

extern GauthStatus gauth_powers_read_field(GauthReader *reader,
										   const GauthField *field,
										   GauthPowers *powers);
extern GauthStatus gauth_restriction_read_field(GauthReader *reader,
												const GauthField *field,
												GauthPowers *powers);

#endif							/* GAUTH_POA_READ_H */
