/*
 * policy_random.h
 *		Random sets of policies, entities and requests, which agree on a few
 *		types and ids so that most of them meet.
 */
#ifndef GAUTH_UNIT_POLICY_RANDOM_H
#define GAUTH_UNIT_POLICY_RANDOM_H

#include <stdarg.h>

#include "test_policy.h"

#define TEXT_MAX		(1024 * 1024)

typedef struct Random
{
	uint64_t	state;
} Random;

typedef struct Writer
{
	char	   *text;
	size_t		len;
} Writer;

static const char *const types[] = {"User", "Group", "Doc", "Folder", "N::T"};

#define TYPES	5
#define IDS		7

static uint32_t
pick(Random *random, uint32_t below)
{
	random->state ^= random->state << 13;
	random->state ^= random->state >> 7;
	random->state ^= random->state << 17;
	return (uint32_t) (random->state >> 33) % below;
}

static void
__attribute__((format(printf, 2, 3)))
write_text(Writer *writer, const char *format,...)
{
	va_list		args;

	va_start(args, format);
	writer->len += (size_t) vsnprintf(writer->text + writer->len,
									  TEXT_MAX - writer->len, format, args);
	va_end(args);
}

static void
write_uid(Writer *writer, Random *random)
{
	write_text(writer, "%s::\"%u\"", types[pick(random, TYPES)],
			   pick(random, IDS));
}

static void
write_action(Writer *writer, Random *random)
{
	write_text(writer, "Action::\"%s%u\"", pick(random, 4) == 0 ? "g" : "a",
			   pick(random, 4));
}

static void
write_scope(Writer *writer, Random *random, const char *variable)
{
	write_text(writer, "%s", variable);
	switch (pick(random, 6))
	{
		case 0:
			write_text(writer, " == ");
			write_uid(writer, random);
			return;
		case 1:
		case 2:
			write_text(writer, " in ");
			write_uid(writer, random);
			return;
		case 3:
			write_text(writer, " is %s", types[pick(random, TYPES)]);
			return;
		case 4:
			write_text(writer, " is %s in ", types[pick(random, TYPES)]);
			write_uid(writer, random);
			return;
		default:
			return;
	}
}

static void
write_action_scope(Writer *writer, Random *random)
{
	uint32_t	count = pick(random, 4);
	uint32_t	i;

	write_text(writer, "action");
	switch (pick(random, 4))
	{
		case 0:
			write_text(writer, " == ");
			write_action(writer, random);
			return;
		case 1:
			write_text(writer, " in ");
			write_action(writer, random);
			return;
		case 2:
			write_text(writer, " in [");
			for (i = 0; i < count; i++)
			{
				write_action(writer, random);
				write_text(writer, i + 1 < count ? ", " : "");
			}
			write_text(writer, "]");
			return;
		default:
			return;
	}
}

/* the other half of write_leaf */
static void
write_other_leaf(Writer *writer, Random *random, const char *variable)
{
	switch (pick(random, 6))
	{
		case 0:
			write_text(writer, "[1, 2, 3].containsAll(context.set)");
			return;
		case 1:
			write_text(writer, "%s has r.owner && %s.r.owner == principal",
					   variable, variable);
			return;
		case 2:
			write_text(writer, "%s.hasTag(context.s)", variable);
			return;
		case 3:
			write_text(writer, "(if context.flag then %s.n else 3) > 1",
					   variable);
			return;
		case 4:
			write_text(writer, "ip(\"10.0.0.%u\").isInRange(context.ip)",
					   pick(random, 4));
			return;
		default:
			write_text(writer, "context.flag");
			return;
	}
}

static void
write_leaf(Writer *writer, Random *random, const char *variable)
{
	switch (pick(random, 13))
	{
		case 0:
			write_text(writer, "%s.n < %u", variable, pick(random, 5));
			return;
		case 1:
			write_text(writer, "%s has n && %s.n + %u >= context.n", variable,
					   variable, pick(random, 4));
			return;
		case 2:
			write_text(writer, "%s in ", variable);
			write_uid(writer, random);
			return;
		case 3:
			write_text(writer, "%s in [", variable);
			write_uid(writer, random);
			write_text(writer, ", ");
			write_uid(writer, random);
			write_text(writer, "]");
			return;
		case 4:
			write_text(writer, "%s is %s", variable,
					   types[pick(random, TYPES)]);
			return;
		case 5:
			write_text(writer, "context.s like \"%s\"",
					   pick(random, 2) == 0 ? "a*" : "*b*c");
			return;
		case 6:
			write_text(writer, "context.set.contains(%u)", pick(random, 4));
			return;
		default:
			write_other_leaf(writer, random, variable);
			return;
	}
}

/* an expression that is a Bool, or fails, as it happens */
static void
write_condition(Writer *writer, Random *random, int depth)
{
	static const char *const variables[] = {"principal", "resource"};
	const char *variable = variables[pick(random, 2)];

	if (depth > 0 && pick(random, 2) == 0)
	{
		static const char *const formats[] = {") && (", ") || (", ") == ("};

		write_text(writer, "((");
		write_condition(writer, random, depth - 1);
		write_text(writer, "%s", formats[pick(random, 3)]);
		write_condition(writer, random, depth - 1);
		write_text(writer, "))");
		return;
	}
	write_leaf(writer, random, variable);
}

typedef struct Policies
{
	Writer		writers[64];	/* one policy each, without id */
	uint32_t	count;
} Policies;

static void
write_policy(Writer *writer, Random *random)
{
	uint32_t	conditions = pick(random, 3);
	uint32_t	i;

	write_text(writer, "%s(", pick(random, 3) == 0 ? "forbid" : "permit");
	write_scope(writer, random, "principal");
	write_text(writer, ", ");
	write_action_scope(writer, random);
	write_text(writer, ", ");
	write_scope(writer, random, "resource");
	write_text(writer, ")");
	for (i = 0; i < conditions; i++)
	{
		write_text(writer, pick(random, 4) == 0 ? " unless { " : " when { ");
		write_condition(writer, random, 2);
		write_text(writer, " }");
	}
	write_text(writer, ";\n");
}

static void
make_policies(Policies *policies, Random *random, char *memory)
{
	uint32_t	i;

	policies->count = pick(random, 64);
	for (i = 0; i < policies->count; i++)
	{
		policies->writers[i] = (Writer)
		{
			memory + i * 4096, 0
		};
		write_policy(&policies->writers[i], random);
	}
}

/*
 * Entities below others of a larger number, so that there is no cycle; some
 * uids that policies name do not exist.
 */
static void
write_entities(Writer *writer, Random *random)
{
	uint32_t	type;
	uint32_t	id;

	write_text(writer, "[{\"uid\":{\"type\":\"Action\",\"id\":\"a0\"},"
			   "\"parents\":[{\"type\":\"Action\",\"id\":\"g0\"},"
			   "{\"type\":\"Action\",\"id\":\"g1\"}]},"
			   "{\"uid\":{\"type\":\"Action\",\"id\":\"a1\"},"
			   "\"parents\":[{\"type\":\"Action\",\"id\":\"g1\"}]}");
	for (type = 0; type < TYPES; type++)
	{
		for (id = 0; id < IDS - 1; id++)
		{
			uint32_t	parents = pick(random, 4);

			write_text(writer, ",{\"uid\":{\"type\":\"%s\",\"id\":\"%u\"},"
					   "\"attrs\":{\"n\":%u,\"r\":{\"owner\":{\"__entity\":"
					   "{\"type\":\"User\",\"id\":\"%u\"}}}},"
					   "\"tags\":{\"%s\":1},\"parents\":[", types[type], id,
					   pick(random, 6), pick(random, IDS),
					   pick(random, 2) == 0 ? "abc" : "x");
			for (; id + 1 < IDS && parents > 0; parents--)
				write_text(writer, "{\"type\":\"%s\",\"id\":\"%u\"}%s",
						   types[pick(random, TYPES)],
						   id + 1 + pick(random, IDS - id - 1),
						   parents > 1 ? "," : "");
			write_text(writer, "]}");
		}
	}
	write_text(writer, "]");
}

static void
write_request(Writer *writer, Random *random)
{
	write_text(writer, "{\"principal\":{\"type\":\"%s\",\"id\":\"%u\"},",
			   types[pick(random, TYPES)], pick(random, IDS + 1));
	write_text(writer, "\"action\":{\"type\":\"Action\",\"id\":\"a%u\"},",
			   pick(random, 5));
	write_text(writer, "\"resource\":{\"type\":\"%s\",\"id\":\"%u\"},",
			   types[pick(random, TYPES)], pick(random, IDS + 1));
	write_text(writer, "\"context\":{\"flag\":%s,\"n\":%u,\"s\":\"%s\","
			   "\"set\":[%u,%u],\"ip\":{\"__extn\":{\"fn\":\"ip\","
			   "\"arg\":\"10.0.0.%u/31\"}}}}",
			   pick(random, 2) == 0 ? "true" : "false", pick(random, 5),
			   pick(random, 2) == 0 ? "abc" : "zbxc", pick(random, 4),
			   pick(random, 4), pick(random, 4));
}

#endif							/* GAUTH_UNIT_POLICY_RANDOM_H */
