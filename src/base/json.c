/*
 * json.c
 *		The strict JSON reader of json.h.
 *
 * The reader keeps a stack of open containers as a chain through the tree
 * itself, so that depth costs no memory of its own.  Duplicate names are
 * found by comparing with the earlier members while an object is small, and
 * by a hash table once it is not: an object of a hundred thousand members
 * must not cost ten thousand million comparisons.
 */
#include "base/json.h"

#include "base/utf8.h"

const GauthJsonLimits gauth_json_token_limits = {32, 4096, false};
const GauthJsonLimits gauth_json_document_limits = {
	128, 16 * 1024 * 1024, true
};

/* members up to which names are compared one by one */
#define SMALL_OBJECT	16

typedef struct NameTable
{
	uint32_t	mask;			/* slots - 1 */
	GauthJson **slots;
} NameTable;

/* an open container, while its children are being read */
typedef struct Frame
{
	struct Frame *parent;
	GauthJson  *container;
	GauthJson  *last;			/* last child so far */
	NameTable	names;			/* only once the object is large */
} Frame;

typedef struct Reader
{
	GauthArena *arena;
	GauthError *err;
	const GauthJsonLimits *limits;
	const char *start;
	const char *at;
	const char *end;
	Frame	   *top;
	Frame	   *spare;			/* frames to use again */
	uint32_t	depth;
	uint32_t	nodes;
} Reader;

static GauthStatus
fail(Reader *reader, GauthStatus status, const char *what)
{
	return gauth_fail_at(reader->err, status,
						 (size_t) (reader->at - reader->start), what);
}

static inline void
skip_space(Reader *reader)
{
	while (reader->at < reader->end &&
		   (*reader->at == ' ' || *reader->at == '\n' ||
			*reader->at == '\t' || *reader->at == '\r'))
		reader->at++;
}

static inline bool
accept(Reader *reader, char c)
{
	skip_space(reader);
	if (reader->at == reader->end || *reader->at != c)
		return false;
	reader->at++;
	return true;
}

static bool
read_hex4(Reader *reader, uint32_t *unit)
{
	uint32_t	value = 0;
	int			i;

	if (reader->end - reader->at < 4)
		return false;
	for (i = 0; i < 4; i++)
	{
		char		c = *reader->at++;

		value <<= 4;
		if (c >= '0' && c <= '9')
			value |= (uint32_t) (c - '0');
		else if (c >= 'a' && c <= 'f')
			value |= (uint32_t) (c - 'a' + 10);
		else if (c >= 'A' && c <= 'F')
			value |= (uint32_t) (c - 'A' + 10);
		else
			return false;
	}
	*unit = value;
	return true;
}

/* after "\u": one code point, from one unit or a pair of surrogates */
static bool
read_code_point(Reader *reader, uint32_t *code_point)
{
	uint32_t	low;

	if (!read_hex4(reader, code_point))
		return false;
	if (*code_point < 0xd800 || *code_point > 0xdfff)
		return *code_point != 0 || reader->limits->zero_bytes;

	if (*code_point > 0xdbff || reader->end - reader->at < 2 ||
		reader->at[0] != '\\' || reader->at[1] != 'u')
		return false;
	reader->at += 2;
	if (!read_hex4(reader, &low) || low < 0xdc00 || low > 0xdfff)
		return false;
	*code_point = 0x10000 + ((*code_point - 0xd800) << 10) + (low - 0xdc00);
	return true;
}

/* after a backslash: write what the escape stands for */
static bool
read_escape(Reader *reader, char **out)
{
	static const char plain[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
	uint32_t	code_point;
	size_t		i;

	if (reader->at == reader->end)
		return false;
	if (*reader->at == 'u')
	{
		reader->at++;
		if (!read_code_point(reader, &code_point))
			return false;
		*out += gauth_utf8_encode(code_point, *out);
		return true;
	}
	for (i = 0; i < sizeof(plain) - 1; i += 2)
	{
		if (plain[i] == *reader->at)
		{
			reader->at++;
			*(*out)++ = plain[i + 1];
			return true;
		}
	}
	return false;
}

/* false for bytes that end a run of plain characters, or need a closer look */
static inline bool
is_plain(char c)
{
	return (unsigned char) (c - 0x20) < 0x60 && c != '"' && c != '\\';
}

/* where the string that begins at "at" ends; counts on nothing but quotes */
static const char *
find_closing_quote(const Reader *reader)
{
	const char *at = reader->at;

	while (at < reader->end && *at != '"')
	{
		if (*at == '\\' && reader->end - at > 1)
			at++;
		at++;
	}
	return at < reader->end ? at : NULL;
}

/* the rest of a string that holds an escape; "seen" is what came before it */
static GauthStatus
read_escaped_string(Reader *reader, const char *begin, GauthSpan *text)
{
	const char *close = find_closing_quote(reader);
	char	   *copy;
	char	   *out;

	if (close == NULL)
		return fail(reader, GAUTH_INVALID_JSON, "unterminated string");

	/* an escape is never shorter than what it stands for */
	copy = gauth_arena_alloc(reader->arena, (size_t) (close - begin));
	if (copy == NULL)
		return fail(reader, GAUTH_OUT_OF_MEMORY, "JSON");
	out = copy + (reader->at - begin);
	if (reader->at > begin)
		memcpy(copy, begin, (size_t) (reader->at - begin));

	while (*reader->at != '"')
	{
		size_t		step;

		if (*reader->at == '\\')
		{
			reader->at++;
			if (!read_escape(reader, &out))
				return fail(reader, GAUTH_INVALID_JSON, "escape");
			continue;
		}
		step = gauth_utf8_sequence(reader->at,
								   (size_t) (reader->end - reader->at));
		if (step == 0)
			return fail(reader, GAUTH_INVALID_ENCODING, "UTF-8");
		if ((unsigned char) *reader->at < 0x20)
			return fail(reader, GAUTH_INVALID_JSON, "control character");
		memcpy(out, reader->at, step);
		out += step;
		reader->at += step;
	}
	reader->at++;
	*text = gauth_span(copy, (size_t) (out - copy));
	return GAUTH_OK;
}

/* after the opening quote; leaves "at" behind the closing one */
static GauthStatus
read_string(Reader *reader, GauthSpan *text)
{
	const char *begin = reader->at;

	while (reader->at < reader->end)
	{
		size_t		step;

		if (is_plain(*reader->at))
		{
			reader->at++;
			continue;
		}
		if (*reader->at == '"')
		{
			*text = gauth_span(begin, (size_t) (reader->at - begin));
			reader->at++;
			return GAUTH_OK;
		}
		if (*reader->at == '\\')
			return read_escaped_string(reader, begin, text);
		if ((unsigned char) *reader->at < 0x20)
			return fail(reader, GAUTH_INVALID_JSON, "control character");
		step = gauth_utf8_sequence(reader->at,
								   (size_t) (reader->end - reader->at));
		if (step == 0)
			return fail(reader, GAUTH_INVALID_ENCODING, "UTF-8");
		reader->at += step;
	}
	return fail(reader, GAUTH_INVALID_JSON, "unterminated string");
}

static inline bool
is_digit(const Reader *reader)
{
	return reader->at < reader->end &&
		*reader->at >= '0' && *reader->at <= '9';
}

static bool
skip_digits(Reader *reader)
{
	if (!is_digit(reader))
		return false;
	while (is_digit(reader))
		reader->at++;
	return true;
}

static inline bool
skip_char(Reader *reader, char c)
{
	if (reader->at == reader->end || *reader->at != c)
		return false;
	reader->at++;
	return true;
}

static GauthStatus
read_number(Reader *reader, GauthJson *value)
{
	const char *begin = reader->at;
	bool		valid;

	(void) skip_char(reader, '-');
	valid = skip_char(reader, '0') || skip_digits(reader);
	if (valid && skip_char(reader, '.'))
		valid = skip_digits(reader);
	if (valid && (skip_char(reader, 'e') || skip_char(reader, 'E')))
	{
		if (!skip_char(reader, '-'))
			(void) skip_char(reader, '+');
		valid = skip_digits(reader);
	}
	if (!valid)
		return fail(reader, GAUTH_INVALID_JSON, "number");

	value->type = GAUTH_JSON_NUMBER;
	value->text = gauth_span(begin, (size_t) (reader->at - begin));
	return GAUTH_OK;
}

static GauthStatus
read_word(Reader *reader, GauthJson *value, GauthSpan word, GauthJsonType type)
{
	if ((size_t) (reader->end - reader->at) < word.len ||
		memcmp(reader->at, word.data, word.len) != 0)
		return fail(reader, GAUTH_INVALID_JSON, "value");
	reader->at += word.len;
	value->type = type;
	return GAUTH_OK;
}

/* most names differ in their first byte already: no call for those */
static inline bool
same_name(GauthSpan a, GauthSpan b)
{
	if (a.len != b.len)
		return false;
	return a.len == 0 || (a.data[0] == b.data[0] &&
						  memcmp(a.data, b.data, a.len) == 0);
}

/*
 * FNV-1a.  It begins with an address, which a sender does not know: names
 * that all fall into one slot cannot be prepared.
 */
static uint32_t
hash_name(const NameTable *table, GauthSpan name)
{
	uintptr_t	address = (uintptr_t) table->slots;
	uint32_t	hash = 2166136261u ^ (uint32_t) (address >> 4);
	size_t		i;

	for (i = 0; i < name.len; i++)
		hash = (hash ^ (uint8_t) name.data[i]) * 16777619u;
	return hash ^ hash >> 15;
}

/* puts a member into the table; false when its name is there already */
static bool
insert_name(NameTable *table, GauthJson *member)
{
	uint32_t	slot = hash_name(table, member->name) & table->mask;

	while (table->slots[slot] != NULL)
	{
		if (gauth_span_equal(table->slots[slot]->name, member->name))
			return false;
		slot = (slot + 1) & table->mask;
	}
	table->slots[slot] = member;
	return true;
}

/* a table twice as large as needed for the members that are there */
static bool
grow_names(Reader *reader, Frame *frame)
{
	NameTable	table;
	GauthJson  *member;

	table.mask = frame->container->count * 4 - 1;
	table.mask |= table.mask >> 1;
	table.mask |= table.mask >> 2;
	table.mask |= table.mask >> 4;
	table.mask |= table.mask >> 8;
	table.mask |= table.mask >> 16;
	table.slots = gauth_arena_array(reader->arena, (size_t) table.mask + 1,
									sizeof(GauthJson *));
	if (table.slots == NULL)
		return false;
	for (member = frame->container->first; member != NULL;
		 member = member->next)
		(void) insert_name(&table, member);
	frame->names = table;
	return true;
}

/* the new member is not yet linked to its siblings */
static GauthStatus
check_unique(Reader *reader, Frame *frame, GauthJson *member)
{
	GauthJson  *earlier;

	if (frame->container->count < SMALL_OBJECT)
	{
		for (earlier = frame->container->first; earlier != NULL;
			 earlier = earlier->next)
		{
			if (same_name(earlier->name, member->name))
				return fail(reader, GAUTH_DUPLICATE_MEMBER, "JSON");
		}
		return GAUTH_OK;
	}

	if ((frame->names.slots == NULL ||
		 frame->container->count > frame->names.mask / 2) &&
		!grow_names(reader, frame))
		return fail(reader, GAUTH_OUT_OF_MEMORY, "JSON");
	if (!insert_name(&frame->names, member))
		return fail(reader, GAUTH_DUPLICATE_MEMBER, "JSON");
	return GAUTH_OK;
}

static void
link_child(Frame *frame, GauthJson *child)
{
	if (frame->last == NULL)
		frame->container->first = child;
	else
		frame->last->next = child;
	frame->last = child;
	frame->container->count++;
}

static GauthStatus
open_container(Reader *reader, GauthJson *value, GauthJsonType type)
{
	Frame	   *frame = reader->spare;

	if (++reader->depth > reader->limits->depth)
		return fail(reader, GAUTH_LIMIT_EXCEEDED, "JSON depth");

	if (frame != NULL)
		reader->spare = frame->parent;
	else
		frame = gauth_arena_alloc(reader->arena, sizeof(Frame));
	if (frame == NULL)
		return fail(reader, GAUTH_OUT_OF_MEMORY, "JSON");

	memset(frame, 0, sizeof(Frame));
	frame->parent = reader->top;
	frame->container = value;
	reader->top = frame;
	reader->at++;
	value->type = type;
	return GAUTH_OK;
}

static void
close_container(Reader *reader)
{
	Frame	   *frame = reader->top;

	reader->top = frame->parent;
	frame->parent = reader->spare;
	reader->spare = frame;
	reader->depth--;
}

/* one value at "at"; a container is only opened */
static GauthStatus
read_value(Reader *reader, GauthJson *value)
{
	skip_space(reader);
	if (reader->at == reader->end)
		return fail(reader, GAUTH_INVALID_JSON, "value");

	value->offset = (size_t) (reader->at - reader->start);
	switch (*reader->at)
	{
		case '{':
			return open_container(reader, value, GAUTH_JSON_OBJECT);
		case '[':
			return open_container(reader, value, GAUTH_JSON_ARRAY);
		case '"':
			reader->at++;
			value->type = GAUTH_JSON_STRING;
			return read_string(reader, &value->text);
		case 't':
			return read_word(reader, value, GAUTH_SPAN("true"),
							 GAUTH_JSON_TRUE);
		case 'f':
			return read_word(reader, value, GAUTH_SPAN("false"),
							 GAUTH_JSON_FALSE);
		case 'n':
			return read_word(reader, value, GAUTH_SPAN("null"),
							 GAUTH_JSON_NULL);
		default:
			return read_number(reader, value);
	}
}

static GauthStatus
new_value(Reader *reader, GauthJson **value)
{
	if (++reader->nodes > reader->limits->nodes)
		return fail(reader, GAUTH_LIMIT_EXCEEDED, "JSON values");
	*value = gauth_arena_alloc(reader->arena, sizeof(GauthJson));
	if (*value == NULL)
		return fail(reader, GAUTH_OUT_OF_MEMORY, "JSON");
	memset(*value, 0, sizeof(GauthJson));
	return GAUTH_OK;
}

/* a member's name and colon */
static GauthStatus
read_name(Reader *reader, Frame *frame, GauthJson *member)
{
	GauthStatus status;

	if (!accept(reader, '"'))
		return fail(reader, GAUTH_INVALID_JSON, "member name");
	status = read_string(reader, &member->name);
	if (status != GAUTH_OK)
		return status;
	status = check_unique(reader, frame, member);
	if (status != GAUTH_OK)
		return status;
	if (!accept(reader, ':'))
		return fail(reader, GAUTH_INVALID_JSON, "colon");
	return GAUTH_OK;
}

/* the next child of the innermost container, or its end */
static GauthStatus
read_child(Reader *reader)
{
	Frame	   *frame = reader->top;
	bool		is_object = frame->container->type == GAUTH_JSON_OBJECT;
	GauthJson  *child;
	GauthStatus status;

	if (accept(reader, is_object ? '}' : ']'))
	{
		close_container(reader);
		return GAUTH_OK;
	}
	if (frame->last != NULL && !accept(reader, ','))
		return fail(reader, GAUTH_INVALID_JSON, "comma");

	status = new_value(reader, &child);
	if (status == GAUTH_OK && is_object)
		status = read_name(reader, frame, child);
	if (status != GAUTH_OK)
		return status;
	link_child(frame, child);
	return read_value(reader, child);
}

/*
 * gauth_json_parse
 *		Read one JSON text; "*root" is its value.
 *
 * The tree and all unescaped strings are in the arena, all others in "text".
 * Errors carry the offset: GAUTH_INVALID_JSON, GAUTH_INVALID_ENCODING,
 * GAUTH_DUPLICATE_MEMBER, GAUTH_LIMIT_EXCEEDED, GAUTH_OUT_OF_MEMORY.
 */
GauthStatus
gauth_json_parse(GauthArena *arena, GauthSpan text,
				 const GauthJsonLimits *limits, GauthJson **root,
				 GauthError *err)
{
	Reader		reader = {0};
	GauthStatus status;

	reader.arena = arena;
	reader.err = err;
	reader.limits = limits;
	reader.start = reader.at = text.data;
	reader.end = text.data == NULL ? NULL : text.data + text.len;

	status = new_value(&reader, root);
	if (status == GAUTH_OK)
		status = read_value(&reader, *root);
	while (status == GAUTH_OK && reader.top != NULL)
		status = read_child(&reader);
	if (status != GAUTH_OK)
		return status;

	skip_space(&reader);
	if (reader.at != reader.end)
		return fail(&reader, GAUTH_INVALID_JSON, "trailing bytes");
	return GAUTH_OK;
}

/*
 * gauth_json_find
 *		The member called "name", or NULL; NULL also when "object" is not one.
 */
const GauthJson *
gauth_json_find(const GauthJson *object, GauthSpan name)
{
	const GauthJson *member;

	if (object == NULL || object->type != GAUTH_JSON_OBJECT)
		return NULL;
	for (member = object->first; member != NULL; member = member->next)
	{
		if (same_name(member->name, name))
			return member;
	}
	return NULL;
}

/*
 * gauth_json_to_int64
 *		The number as int64; false for anything but an integer in range.
 *
 * A fraction or an exponent is refused even where its value is whole: two
 * spellings of one number are one too many for what we compare and sign.
 */
bool
gauth_json_to_int64(const GauthJson *value, int64_t *number)
{
	bool		negative;
	int64_t		result = 0;
	size_t		i;

	if (value == NULL || value->type != GAUTH_JSON_NUMBER)
		return false;

	negative = value->text.data[0] == '-';
	for (i = negative ? 1 : 0; i < value->text.len; i++)
	{
		int			digit = value->text.data[i] - '0';

		if (digit < 0 || digit > 9 ||
			__builtin_mul_overflow(result, 10, &result) ||
			__builtin_sub_overflow(result, digit, &result))
			return false;
	}
	if (negative)
	{
		*number = result;
		return true;
	}
	return !__builtin_sub_overflow((int64_t) 0, result, number);
}
