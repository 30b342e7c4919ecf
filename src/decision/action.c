/*
 * action.c
 *		Verbs and resource types sorted into classes.
 *
 * The last name of a verb says what is done, the one before it to what.  A
 * resource type says the latter too, but the caller chooses it: so both count,
 * and what either of them touches is touched.
 */
#include "decision/action.h"

#include <stdint.h>

typedef struct Word
{
	const char *name;
	int			means;
} Word;

static const Word kind_words[] = {
	{"analyse", GAUTH_ACTION_READ}, {"analyze", GAUTH_ACTION_READ},
	{"check", GAUTH_ACTION_READ}, {"count", GAUTH_ACTION_READ},
	{"describe", GAUTH_ACTION_READ}, {"diff", GAUTH_ACTION_READ},
	{"find", GAUTH_ACTION_READ}, {"get", GAUTH_ACTION_READ},
	{"inspect", GAUTH_ACTION_READ}, {"list", GAUTH_ACTION_READ},
	{"plan", GAUTH_ACTION_READ}, {"preview", GAUTH_ACTION_READ},
	{"query", GAUTH_ACTION_READ}, {"read", GAUTH_ACTION_READ},
	{"research", GAUTH_ACTION_READ}, {"search", GAUTH_ACTION_READ},
	{"select", GAUTH_ACTION_READ}, {"show", GAUTH_ACTION_READ},
	{"status", GAUTH_ACTION_READ}, {"verify", GAUTH_ACTION_READ},
	{"view", GAUTH_ACTION_READ},
	{"exec", GAUTH_ACTION_RUN}, {"execute", GAUTH_ACTION_RUN},
	{"run", GAUTH_ACTION_RUN}, {"shell", GAUTH_ACTION_RUN},
	{"deploy", GAUTH_ACTION_DEPLOY}, {"promote", GAUTH_ACTION_DEPLOY},
	{"publish", GAUTH_ACTION_DEPLOY}, {"release", GAUTH_ACTION_DEPLOY},
	{"rollback", GAUTH_ACTION_DEPLOY}, {"rollout", GAUTH_ACTION_DEPLOY},
	{"delegate", GAUTH_ACTION_DELEGATE},
	{NULL, GAUTH_ACTION_CHANGE}
};

static const Word resource_words[] = {
	{"file", GAUTH_RESOURCE_FILE}, {"files", GAUTH_RESOURCE_FILE},
	{"directory", GAUTH_RESOURCE_FILE}, {"folder", GAUTH_RESOURCE_FILE},
	{"path", GAUTH_RESOURCE_FILE},
	{"database", GAUTH_RESOURCE_DATABASE}, {"db", GAUTH_RESOURCE_DATABASE},
	{"schema", GAUTH_RESOURCE_DATABASE}, {"sql", GAUTH_RESOURCE_DATABASE},
	{"table", GAUTH_RESOURCE_DATABASE},
	{"command", GAUTH_RESOURCE_SHELL}, {"shell", GAUTH_RESOURCE_SHELL},
	{"terminal", GAUTH_RESOURCE_SHELL},
	{"dependency", GAUTH_RESOURCE_PACKAGE},
	{"package", GAUTH_RESOURCE_PACKAGE},
	{"credential", GAUTH_RESOURCE_SECRET}, {"secret", GAUTH_RESOURCE_SECRET},
	{"secrets", GAUTH_RESOURCE_SECRET},
	{"api", GAUTH_RESOURCE_API}, {"external_api", GAUTH_RESOURCE_API},
	{"http", GAUTH_RESOURCE_API},
	{"deployment", GAUTH_RESOURCE_DEPLOYMENT},
	{"agent", GAUTH_RESOURCE_AGENT},
	{"balance", GAUTH_RESOURCE_OTHER}, {"contract", GAUTH_RESOURCE_OTHER},
	{"invoice", GAUTH_RESOURCE_OTHER}, {"order", GAUTH_RESOURCE_OTHER},
	{"payment", GAUTH_RESOURCE_OTHER}, {"record", GAUTH_RESOURCE_OTHER},
	{"transaction", GAUTH_RESOURCE_OTHER},
	{NULL, GAUTH_RESOURCE_UNKNOWN}
};

static const Word migration_words[] = {
	{"alter", true}, {"create", true}, {"drop", true}, {"migrate", true},
	{"truncate", true},
	{NULL, false}
};

static bool
is_word(GauthSpan text, const char *word)
{
	size_t		i;

	if (text.len != strlen(word))
		return false;
	for (i = 0; i < text.len; i++)
	{
		if (gauth_char_lower(text.data[i]) != word[i])
			return false;
	}
	return true;
}

static int
look_up(const Word *words, GauthSpan text)
{
	while (words->name != NULL && !is_word(text, words->name))
		words++;
	return words->means;
}

/* the last name of what is left of a verb, which loses it */
static GauthSpan
take_last_name(GauthSpan *verb)
{
	size_t		start = verb->len;
	GauthSpan	name;

	while (start > 0 && verb->data[start - 1] != ':')
		start--;
	name = gauth_span_slice(*verb, start, verb->len - start);
	verb->len = start > 0 ? start - 1 : 0;
	return name;
}

/*
 * What is done to something of that kind.  To run something is a matter of
 * the shell unless it is known to be something else.
 */
static GauthActionKind
find_kind(GauthSpan name, GauthResourceKind resource)
{
	GauthActionKind kind = (GauthActionKind) look_up(kind_words, name);

	if (resource == GAUTH_RESOURCE_SHELL)
		return GAUTH_ACTION_RUN;
	if (resource == GAUTH_RESOURCE_DEPLOYMENT && kind != GAUTH_ACTION_READ)
		return GAUTH_ACTION_DEPLOY;
	if (kind == GAUTH_ACTION_RUN && resource != GAUTH_RESOURCE_UNKNOWN)
		return GAUTH_ACTION_CHANGE;
	return kind;
}

static GauthActionKind
strictest(GauthActionKind a, GauthActionKind b)
{
	return a > b ? a : b;
}

/*
 * gauth_action_classify
 *		The class of a verb in its canonical spelling; "resource_type" may be
 *		empty.
 */
GauthActionClass
gauth_action_classify(GauthSpan verb, GauthSpan resource_type)
{
	GauthSpan	rest = verb;
	GauthSpan	name = take_last_name(&rest);
	GauthSpan	category = take_last_name(&rest);
	GauthActionClass action;

	action.by_verb = (GauthResourceKind) look_up(resource_words, category);
	action.by_type = (GauthResourceKind) look_up(resource_words,
												 resource_type);
	action.kind = find_kind(name, action.by_verb);
	if (action.by_type == GAUTH_RESOURCE_SHELL ||
		action.by_type == GAUTH_RESOURCE_DEPLOYMENT)
		action.kind = strictest(action.kind, find_kind(name, action.by_type));
	action.migrates = look_up(migration_words, name);
	return action;
}

/*
 * gauth_action_touches
 *		Does the action touch things of that group?
 */
bool
gauth_action_touches(const GauthActionClass *action, GauthResourceKind kind)
{
	return action->by_verb == kind || action->by_type == kind;
}
