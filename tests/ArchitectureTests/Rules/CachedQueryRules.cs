using System.Reflection;
using System.Runtime.CompilerServices;
using FluentAssertions.Execution;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Infrastructure.Caching.Serialization;

namespace NeuroLab.ArchitectureTests.Rules;

/// <summary>Rules on what is cached and under which key.</summary>
internal static class CachedQueryRules
{
    private static readonly Rule Immutable = new(
        "The answer of a cacheable query is a sealed record, immutable all the way down.",
        "One instance is handed to many callers at once: what one of them changed, all would see.",
        "Use sealed records with get or init properties, and IReadOnlyList or IReadOnlyDictionary instead of arrays, lists and dictionaries.");

    private static readonly Rule Serializable = new(
        "The answer of a cacheable query comes back from the cache's JSON as it was.",
        "What cannot be written is kept by no other node, and is loaded again by each; what is lost on the way is missing from every second answer.",
        "Give records a constructor whose parameters are their properties, or init properties; no [JsonIgnore], object, interface or derived type in the place of another; many of a kind are an IReadOnlyList or an IReadOnlyDictionary.");

    private static readonly Rule Owned = new(
        "The key of a cacheable query contains its owner, the property UserId.",
        "Without the owner in the key one user is answered with what was loaded for another.",
        "Give the query a `Guid UserId` and build the key with CacheKey.Owned(area, UserId, ...).");

    private static readonly Rule Complete = new(
        "The key of a cacheable query differs wherever a parameter differs that can change the answer.",
        "Two questions under one key get one answer.",
        "Add the parameter to CacheKey.Owned(...); what must not be part of the key belongs into CacheReadOptions.");

    private static readonly Rule Steady = new(
        "A cacheable query takes CacheReadOptions, which are no part of the key; asked twice it has the same key and the same policy object.",
        "Without the options force_refresh does nothing; a key that changes from call to call never hits; a policy a call is an allocation on the hottest path.",
        "Declare `CacheReadOptions ReadOptions { get; init; }`, build the key from the other parameters alone and return one static CachePolicy.");

    private static readonly MethodInfo RoundTripOpen = typeof(CachedQueryRules).GetMethod(nameof(RoundTrip), BindingFlags.NonPublic | BindingFlags.Static)!;

    private static readonly Type[] Scalars =
    [
        typeof(string), typeof(decimal), typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly), typeof(TimeSpan),
    ];

    private static readonly Type[] ReadOnlyCollections =
    [
        typeof(IReadOnlyList<>), typeof(IReadOnlyCollection<>), typeof(IReadOnlyDictionary<,>), typeof(IReadOnlySet<>), typeof(Nullable<>),
        typeof(System.Collections.Immutable.ImmutableArray<>), typeof(System.Collections.Immutable.ImmutableDictionary<,>),
        typeof(System.Collections.Frozen.FrozenDictionary<,>), typeof(System.Collections.Frozen.FrozenSet<>),
    ];

    /// <summary>What is shared cannot be changed.</summary>
    public static IEnumerable<Offence> AnswersAreImmutable(Subject subject)
    {
        foreach (var query in Queries(subject))
        {
            foreach (var answer in query.ArgumentsOf(typeof(ICacheableQuery<>)).Select(arguments => arguments[0]))
            {
                var found = IsSealedRecord(answer) ? FirstMutable(answer, answer.Name, []) : $"{answer.Name} is not a sealed record";
                if (found is not null)
                {
                    yield return Immutable.BrokenBy(query, found);
                }
            }
        }
    }

    /// <summary>What is kept is what was loaded: tried with the product's own serializer, on a made-up answer.</summary>
    public static IEnumerable<Offence> AnswersAreSerializable(Subject subject) =>
        from query in Queries(subject)
        from answer in query.ArgumentsOf(typeof(ICacheableQuery<>)).Select(arguments => arguments[0])
        let lost = (string?)RoundTripOpen.MakeGenericMethod(answer).Invoke(null, null)
        where lost is not null
        select Serializable.BrokenBy(query, $"is answered with {answer.Name}: {lost}");

    /// <summary>Users are apart.</summary>
    public static IEnumerable<Offence> KeysContainTheOwner(Subject subject)
    {
        foreach (var query in Queries(subject))
        {
            var parameters = Samples.ParametersOf(query);
            var owner = parameters.Select((parameter, i) => (parameter, i)).FirstOrDefault(one => one.parameter is { Name: "UserId", Property: null } && one.parameter.Type == typeof(Guid));
            if (owner.parameter is null)
            {
                yield return Owned.BrokenBy(query, "takes no `Guid UserId`");
                continue;
            }

            var values = Samples.For(parameters);
            var key = Samples.Make(query, parameters, values).Key.Value;
            if (!key.Split(':').Contains(values[owner.i]!.ToString()))
            {
                yield return Owned.BrokenBy(query, $"has the key {key}, and {values[owner.i]} is no part of it");
            }
        }
    }

    /// <summary>Two questions have two keys.</summary>
    public static IEnumerable<Offence> KeysContainTheQuestion(Subject subject) =>
        from query in Queries(subject)
        let parameters = Samples.ParametersOf(query)
        let values = Samples.For(parameters)
        let key = Samples.Make(query, parameters, values).Key
        from index in Enumerable.Range(0, parameters.Count)
        where parameters[index].Type != typeof(CacheReadOptions)
        let changed = Samples.With(values, index, parameters[index])
        where Samples.Make(query, parameters, changed).Key == key
        select Complete.BrokenBy(query, $"has the same key for {parameters[index].Name} = {values[index]} and {changed[index]}");

    /// <summary>One question has one key.</summary>
    public static IEnumerable<Offence> KeysAreSteady(Subject subject)
    {
        foreach (var query in Queries(subject))
        {
            var parameters = Samples.ParametersOf(query);
            var values = Samples.For(parameters);
            var one = Samples.Make(query, parameters, values);
            var same = Samples.Make(query, parameters, values);
            var options = parameters.Select((parameter, i) => (parameter, i)).FirstOrDefault(pair => pair.parameter.Type == typeof(CacheReadOptions));
            var found = options.parameter is null ? "takes no CacheReadOptions"
                : one.Key != same.Key ? "has another key the second time"
                : one.Key != Samples.Make(query, parameters, Samples.With(values, options.i, options.parameter)).Key ? "has another key with other ReadOptions"
                : !ReferenceEquals(one.Policy, same.Policy) ? "makes a policy a call"
                : null;
            if (found is not null)
            {
                yield return Steady.BrokenBy(query, found);
            }
        }
    }

    /// <summary>The cacheable queries that are there.</summary>
    public static IEnumerable<Type> Queries(Subject subject) => RequestRules.Requests(subject).Where(type => typeof(ICacheableQuery).IsAssignableFrom(type));

    /// <summary>What is lost of an answer on its way; null where nothing is.</summary>
    private static string? RoundTrip<T>()
    {
        var serializer = new CacheSerializer();
        try
        {
            var made = (T)Samples.Of(typeof(T))!;
            if (!serializer.TryDeserialize<T>(serializer.Serialize(made), out var read))
            {
                return "it is written and cannot be read";
            }

            using var scope = new AssertionScope();
            read.Should().BeEquivalentTo(made, options => options.ComparingRecordsByMembers());
            return scope.Discard().FirstOrDefault()?.ReplaceLineEndings(" ");
        }
        catch (Exception exception)
        {
            return $"no example of it can be made or written: {exception.GetBaseException().Message.ReplaceLineEndings(" ")}";
        }
    }

    private static bool IsSealedRecord(Type type) => type.IsRecord() && (type.IsSealed || type.IsValueType);

    private static string? FirstMutable(Type type, string path, HashSet<Type> seen)
    {
        if (type.IsPrimitive || type.IsEnum || Scalars.Contains(type) || !seen.Add(type))
        {
            return null;
        }

        if (type.IsGenericType && ReadOnlyCollections.Contains(type.GetGenericTypeDefinition()))
        {
            return type.GetGenericArguments().Select(argument => FirstMutable(argument, path, seen)).FirstOrDefault(found => found is not null);
        }

        if (!IsSealedRecord(type))
        {
            return $"{path} is of type {type.Name}, which is neither a sealed record, a scalar nor a read-only collection";
        }

        if (type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
            .FirstOrDefault(field => !field.IsInitOnly && !field.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)) is { } field)
        {
            return $"{path}.{field.Name} is a field that can be written";
        }

        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance).Where(one => one.Name != "EqualityContract"))
        {
            if (property.SetMethod is { } setter && !setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)))
            {
                return $"{path}.{property.Name} has a setter";
            }

            if (FirstMutable(property.PropertyType, $"{path}.{property.Name}", seen) is { } found)
            {
                return found;
            }
        }

        return null;
    }
}
