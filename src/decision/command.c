/*
 * command.c
 *		Commands of a shell (RFC 0117 CHK-09, RFC 0116 shell permissions).
 *
 * An entry that allows is a whole command, or its first words: "npm test"
 * allows "npm test --watch".  In the second case nothing may follow that a
 * shell would read as more than words, or "npm test; rm -rf /" were allowed.
 *
 * An entry that denies is denied wherever its words stand in the command, in
 * upper and lower case alike.  A list of what is denied cannot be complete; it
 * is no substitute for a list of what is allowed.
 */
#include "decision/command.h"

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
is_word_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || c == '_' || c == '-';
}

static GauthSpan
trim(GauthSpan text)
{
	while (text.len > 0 && is_space(text.data[0]))
		text = gauth_span_slice(text, 1, text.len - 1);
	while (text.len > 0 && is_space(text.data[text.len - 1]))
		text.len--;
	return text;
}

/* no character by which one command becomes another or several */
static bool
is_plain(GauthSpan text)
{
	size_t		i;

	for (i = 0; i < text.len; i++)
	{
		char		c = text.data[i];

		if ((unsigned char) c < 0x20 || strchr(";&|<>`$(){}\\\"'*?[]!#~",
											   c) != NULL)
			return false;
	}
	return true;
}

static bool
begins_with_words(GauthSpan command, GauthSpan words)
{
	return command.len > words.len &&
		gauth_span_starts_with(command, words) &&
		command.data[words.len] == ' ';
}

/*
 * gauth_command_allowed
 *		Does an entry of the list allow the command?  An absent list or an
 *		absent command is not allowed anything.
 */
bool
gauth_command_allowed(const GauthNames *list, GauthSpan command)
{
	uint32_t	i;

	command = trim(command);
	if (command.len == 0)
		return false;
	for (i = 0; i < list->count; i++)
	{
		GauthSpan	entry = trim(list->items[i]);

		if (entry.len == 0)
			continue;
		if (gauth_span_equal(entry, command) ||
			(begins_with_words(command, entry) && is_plain(command)))
			return true;
	}
	return false;
}

/*
 * Where the words at the start of "text" end that are those of "words": any
 * white space is as good as any other.  0 when they are not there.
 */
static size_t
match_words(GauthSpan text, GauthSpan words)
{
	size_t		at = 0;
	size_t		i = 0;

	while (i < words.len)
	{
		if (is_space(words.data[i]))
		{
			size_t		start = at;

			while (i < words.len && is_space(words.data[i]))
				i++;
			while (at < text.len && is_space(text.data[at]))
				at++;
			if (at == start)
				return 0;
			continue;
		}
		if (at >= text.len ||
			gauth_char_lower(text.data[at]) !=
			gauth_char_lower(words.data[i]))
			return 0;
		at++;
		i++;
	}
	return at;
}

static bool
contains_words(GauthSpan command, GauthSpan words)
{
	bool		first_is_word = is_word_character(words.data[0]);
	bool		last_is_word = is_word_character(words.data[words.len - 1]);
	size_t		i;

	for (i = 0; i < command.len; i++)
	{
		GauthSpan	rest = gauth_span_slice(command, i, command.len - i);
		size_t		end = match_words(rest, words);

		if (end == 0)
			continue;
		if (first_is_word && i > 0 && is_word_character(command.data[i - 1]))
			continue;
		if (last_is_word && end < rest.len &&
			is_word_character(rest.data[end]))
			continue;
		return true;
	}
	return false;
}

/*
 * gauth_command_denied
 *		Do the words of an entry stand in the command?
 */
bool
gauth_command_denied(const GauthNames *list, GauthSpan command)
{
	uint32_t	i;

	for (i = 0; i < list->count; i++)
	{
		GauthSpan	entry = trim(list->items[i]);

		if (entry.len > 0 && contains_words(command, entry))
			return true;
	}
	return false;
}
