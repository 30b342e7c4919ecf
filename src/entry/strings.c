/*
 * strings.c
 *		Arrays of text as the pure floors know them.
 */
#include "entry/strings.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

#include "entry/args.h"
#include "entry/report.h"

/*
 * gauth_strings_argument
 *		The elements of a text[] argument, in the current memory context;
 *		returns how many.  An empty array, a null in it and an empty text are
 *		refused.
 */
int
gauth_strings_argument(Datum array, const char *argument, GauthSpan **strings)
{
	Datum	   *items;
	bool	   *nulls;
	int			count;
	int			i;

	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false,
					  TYPALIGN_INT, &items, &nulls, &count);
	if (count == 0)
		gauth_raise_argument(argument, "an array of at least one text");
	*strings = palloc(sizeof(GauthSpan) * (Size) count);
	for (i = 0; i < count; i++)
	{
		if (nulls[i])
			gauth_raise_argument(argument, "an array without nulls");
		(*strings)[i] = gauth_varlena_span(DatumGetTextPP(items[i]));
		if ((*strings)[i].len == 0)
			gauth_raise_argument(argument, "an array without empty texts");
	}
	return count;
}

/*
 * gauth_algorithms_from_names
 *		A list of algorithms, in this order and each once; false when a name
 *		is not one of an algorithm.
 */
bool
gauth_algorithms_from_names(const GauthSpan *names, int count,
							GauthAlgorithmList *accepted)
{
	int			i;

	memset(accepted, 0, sizeof(*accepted));
	for (i = 0; i < count; i++)
	{
		GauthAlgorithm algorithm = gauth_algorithm_from_name(names[i]);

		if (algorithm == GAUTH_ALGORITHM_NONE)
			return false;
		if (accepted->count == 0 ||
			!gauth_algorithm_accepted(accepted, algorithm))
			accepted->items[accepted->count++] = algorithm;
	}
	return true;
}

/*
 * gauth_algorithms_argument
 *		The argument "algorithms"; raises when it is not acceptable.
 */
void
gauth_algorithms_argument(Datum array, GauthAlgorithmList *accepted)
{
	GauthSpan  *names;
	int			count = gauth_strings_argument(array, "algorithms", &names);

	if (!gauth_algorithms_from_names(names, count, accepted))
		gauth_raise_algorithm_unknown();
}
