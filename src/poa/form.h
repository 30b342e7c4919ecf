/*
 * form.h
 *		A document described by tables: which members an object has, and what
 *		each of them may be.
 *
 * Objects are closed: a member that the table does not name is a problem, for
 * a misspelled restriction that is ignored restricts nothing.
 */
#ifndef GAUTH_POA_FORM_H
#define GAUTH_POA_FORM_H

#include "poa/read.h"

typedef struct GauthFormMember GauthFormMember;

/* complains about all that is wrong with a member that is there */
typedef void (*GauthFormRead) (GauthReader *reader, const GauthField *field,
							   const GauthFormMember *member);

struct GauthFormMember
{
	const char *name;			/* NULL behind the last */
	GauthFormRead read;
	const GauthFormMember *form;	/* for objects: their members */
	const char *const *words;	/* for choices, with NULL behind the last */
	GauthPresence presence;
};

extern void gauth_form_read(GauthReader *reader, const GauthField *object,
							const GauthFormMember *form);

/* every element of a list, as if it were a member of its own */
extern void gauth_form_elements(GauthReader *reader, const GauthField *field,
								const GauthFormMember *member,
								GauthFormRead read);

/* an object, and a list of objects, with the members of "form" */
extern void gauth_form_object(GauthReader *reader, const GauthField *field,
							  const GauthFormMember *member);
extern void gauth_form_objects(GauthReader *reader, const GauthField *field,
							   const GauthFormMember *member);

/*
 * A text of one line, a text of several, a boolean, a number that counts
 * something, a point in time.
 */
extern void gauth_form_text(GauthReader *reader, const GauthField *field,
							const GauthFormMember *member);
extern void gauth_form_prose(GauthReader *reader, const GauthField *field,
							 const GauthFormMember *member);
extern void gauth_form_flag(GauthReader *reader, const GauthField *field,
							const GauthFormMember *member);
extern void gauth_form_integer(GauthReader *reader, const GauthField *field,
							   const GauthFormMember *member);
extern void gauth_form_instant(GauthReader *reader, const GauthField *field,
							   const GauthFormMember *member);

/* a reference to evidence, or a boolean: whether there is some */
extern void gauth_form_evidence(GauthReader *reader, const GauthField *field,
								const GauthFormMember *member);

/* one of "words"; one of them or a list of them */
extern void gauth_form_choice(GauthReader *reader, const GauthField *field,
							  const GauthFormMember *member);
extern void gauth_form_choices(GauthReader *reader, const GauthField *field,
							   const GauthFormMember *member);

/*
 * A list of "words" or of objects {type, specify?} whose type is such a word.
 * A word that begins with "other_" has to be specified.
 */
extern void gauth_form_kinds(GauthReader *reader, const GauthField *field,
							 const GauthFormMember *member);

/* a list of texts or of objects {type, specify?, limit?} */
extern void gauth_form_notes(GauthReader *reader, const GauthField *field,
							 const GauthFormMember *member);

#endif							/* GAUTH_POA_FORM_H */
