/*
 * ext_ip.c
 *		Cedar's ipaddr: an IPv4 or IPv6 address with a prefix length.
 *
 * Cedar language reference, "ipaddr".  Stricter than most readers: no leading
 * zeros in IPv4 parts and prefixes, no IPv4 part inside an IPv6 address, no
 * zone.  Two addresses are equal when address and prefix are, also where
 * both name the same network.
 */
#include "policy/extension.h"

#include <stdio.h>

/* a decimal number of at most "digits" digits, without leading zeros */
static bool
read_decimal(GauthSpan text, size_t digits, unsigned max, unsigned *number)
{
	unsigned	value = 0;
	size_t		i;

	if (text.len == 0 || text.len > digits ||
		(text.len > 1 && text.data[0] == '0'))
		return false;
	for (i = 0; i < text.len; i++)
	{
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		value = value * 10 + (unsigned) (text.data[i] - '0');
	}
	*number = value;
	return value <= max;
}

/* the part of "text" up to "separator", which is dropped, or all of it */
static GauthSpan
take_until(GauthSpan *text, char separator, bool *found)
{
	const char *at = text->len == 0 ? NULL :
	memchr(text->data, separator, text->len);
	GauthSpan	part = *text;

	*found = at != NULL;
	if (at == NULL)
	{
		*text = gauth_span(NULL, 0);
		return part;
	}
	part.len = (size_t) (at - text->data);
	*text = gauth_span_slice(*text, part.len + 1, text->len - part.len - 1);
	return part;
}

static bool
read_v4(GauthSpan text, uint8_t *address)
{
	int			i;

	for (i = 0; i < 4; i++)
	{
		bool		more;
		unsigned	number;
		GauthSpan	part = take_until(&text, '.', &more);

		if (more != (i < 3) || !read_decimal(part, 3, 255, &number))
			return false;
		address[i] = (uint8_t) number;
	}
	return true;
}

static bool
read_hex_group(GauthSpan text, uint8_t *out)
{
	unsigned	value = 0;
	size_t		i;

	if (text.len == 0 || text.len > 4)
		return false;
	for (i = 0; i < text.len; i++)
	{
		char		c = text.data[i];

		value <<= 4;
		if (c >= '0' && c <= '9')
			value |= (unsigned) (c - '0');
		else if (c >= 'a' && c <= 'f')
			value |= (unsigned) (c - 'a' + 10);
		else if (c >= 'A' && c <= 'F')
			value |= (unsigned) (c - 'A' + 10);
		else
			return false;
	}
	out[0] = (uint8_t) (value >> 8);
	out[1] = (uint8_t) value;
	return true;
}

/* groups separated by single colons; an empty text has none */
static bool
read_groups(GauthSpan text, uint8_t *groups, unsigned *count)
{
	bool		more = text.len > 0;

	*count = 0;
	while (more)
	{
		GauthSpan	part = take_until(&text, ':', &more);

		if (*count == 8 || !read_hex_group(part, groups + 2 * *count))
			return false;
		(*count)++;
	}
	return true;
}

static bool
read_v6(GauthSpan text, uint8_t *address)
{
	uint8_t		head[16];
	uint8_t		tail[16];
	unsigned	heads;
	unsigned	tails;
	size_t		i;

	for (i = 0; i + 1 < text.len; i++)
	{
		if (text.data[i] == ':' && text.data[i + 1] == ':')
			break;
	}
	if (i + 1 >= text.len)
		return read_groups(text, address, &heads) && heads == 8;

	/* "::" stands for one group at least; a second one is no group */
	if (!read_groups(gauth_span_slice(text, 0, i), head, &heads) ||
		!read_groups(gauth_span_slice(text, i + 2, text.len - i - 2),
					 tail, &tails) ||
		heads + tails >= 8)
		return false;
	memset(address, 0, 16);
	memcpy(address, head, 2 * (size_t) heads);
	memcpy(address + 16 - 2 * (size_t) tails, tail, 2 * (size_t) tails);
	return true;
}

/*
 * gauth_ip_parse
 *		Read an address with or without "/prefix"; false when it is none.
 */
bool
gauth_ip_parse(GauthSpan text, GauthIp *ip)
{
	bool		has_prefix;
	GauthSpan	rest = text;
	GauthSpan	address = take_until(&rest, '/', &has_prefix);
	unsigned	prefix;

	memset(ip, 0, sizeof(*ip));
	if (address.len == 0)
		return false;
	ip->is_v6 = memchr(address.data, ':', address.len) != NULL;
	if (ip->is_v6 ? !read_v6(address, ip->address) :
		!read_v4(address, ip->address))
		return false;

	prefix = ip->is_v6 ? 128 : 32;
	if (has_prefix && !read_decimal(rest, ip->is_v6 ? 3 : 2, prefix, &prefix))
		return false;
	ip->prefix = (uint8_t) prefix;
	return true;
}

/*
 * gauth_ip_write
 *		The address and its prefix, as gauth_ip_parse reads them; the length.
 *
 * "text" has room for GAUTH_EXTENSION_TEXT_MAX bytes.
 */
size_t
gauth_ip_write(const GauthIp *ip, char *text)
{
	const uint8_t *a = ip->address;
	int			len = 0;
	int			i;

	if (!ip->is_v6)
		return (size_t) snprintf(text, GAUTH_EXTENSION_TEXT_MAX,
								 "%d.%d.%d.%d/%d", a[0], a[1], a[2], a[3],
								 ip->prefix);
	for (i = 0; i < 8; i++)
		len += snprintf(text + len, GAUTH_EXTENSION_TEXT_MAX - (size_t) len,
						"%x%s", a[2 * i] << 8 | a[2 * i + 1],
						i < 7 ? ":" : "");
	len += snprintf(text + len, GAUTH_EXTENSION_TEXT_MAX - (size_t) len,
					"/%d", ip->prefix);
	return (size_t) len;
}

/*
 * gauth_ip_is_in_range
 *		Is every address of "ip" one of "range"?  Never across versions.
 */
bool
gauth_ip_is_in_range(const GauthIp *ip, const GauthIp *range)
{
	unsigned	bytes = range->prefix / 8;
	unsigned	bits = range->prefix % 8;
	uint8_t		mask = (uint8_t) (0xff00 >> bits);

	if (ip->is_v6 != range->is_v6 || ip->prefix < range->prefix)
		return false;
	if (memcmp(ip->address, range->address, bytes) != 0)
		return false;
	return bits == 0 ||
		((ip->address[bytes] ^ range->address[bytes]) & mask) == 0;
}

/*
 * gauth_ip_is_loopback
 *		127.0.0.0/8 or ::1/128.
 */
bool
gauth_ip_is_loopback(const GauthIp *ip)
{
	static const GauthIp v4 = {{127}, 8, false};
	static const GauthIp v6 = {{[15] = 1}, 128, true};

	return gauth_ip_is_in_range(ip, ip->is_v6 ? &v6 : &v4);
}

/*
 * gauth_ip_is_multicast
 *		224.0.0.0/4 or ff00::/8.
 */
bool
gauth_ip_is_multicast(const GauthIp *ip)
{
	static const GauthIp v4 = {{224}, 4, false};
	static const GauthIp v6 = {{255}, 8, true};

	return gauth_ip_is_in_range(ip, ip->is_v6 ? &v6 : &v4);
}
