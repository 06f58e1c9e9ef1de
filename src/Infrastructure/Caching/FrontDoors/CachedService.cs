using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Infrastructure.Caching.FrontDoors;

/// <summary>An interface whose methods with <see cref="CachedAttribute"/> are answered from the cache, found to be right when it is registered. Thread-safe.</summary>
internal sealed partial class CachedService
{
    private const int MaxPrefixLength = 200;
    private readonly Dictionary<string, MethodInfo> _prefixes = new(StringComparer.Ordinal);

    /// <summary>Looks at an interface.</summary>
    /// <param name="type">The interface.</param>
    /// <param name="others">Those that are registered: no two may share a key.</param>
    /// <exception cref="InvalidOperationException">Something of it cannot be cached; the message names the method and the reason.</exception>
    public CachedService(Type type, IReadOnlyList<CachedService> others)
    {
        Type = type;
        var methods = new Dictionary<MethodInfo, CachedMethod>();
        if (!type.IsInterface)
        {
            throw new InvalidOperationException($"{type} cannot be cached: it is not an interface.");
        }

        foreach (var method in type.GetInterfaces().Append(type).SelectMany(part => part.GetMethods()))
        {
            if (method.GetParameters().Any(parameter => parameter.ParameterType.IsByRefLike) || method.ReturnType.IsByRefLike || (method.IsStatic && method.IsAbstract))
            {
                throw Refused(method, "no proxy can stand in for it (it is static, or passes a span)");
            }

            if (method.GetCustomAttribute<CachedAttribute>() is { } attribute)
            {
                methods.Add(method, MethodOf(method, attribute, others));
            }
        }

        Methods = methods.Count > 0 ? methods.ToFrozenDictionary() : throw new InvalidOperationException($"{type} has no method with [Cached].");
    }

    /// <summary>The interface.</summary>
    public Type Type { get; }

    /// <summary>Its methods that are cached.</summary>
    public FrozenDictionary<MethodInfo, CachedMethod> Methods { get; }

    /// <summary>Under which key the container has the service without its decoration.</summary>
    public object? UndecoratedKey { get; set; }

    /// <summary>The service itself, of a scope.</summary>
    public object Undecorated(IServiceProvider services) => services.GetRequiredKeyedService(Type, UndecoratedKey);

    private CachedMethod MethodOf(MethodInfo method, CachedAttribute attribute, IReadOnlyList<CachedService> others)
    {
        if (method.IsGenericMethod)
        {
            throw Refused(method, "it is generic");
        }

        if (!CachedMethod.TryKind(method.ReturnType, out var isMarked))
        {
            throw Refused(method, "it returns neither Task<T> nor ValueTask<T>");
        }

        try
        {
            var plan = new CachedMethodPlan(
                this,
                method,
                new CachedArguments(PrefixOf(method, attribute, others), method.GetParameters()),
                PolicyOf(attribute, isMarked),
                [.. attribute.Tags.Select(TagOf)]);
            return CachedMethod.Of(plan);
        }
        catch (ArgumentException exception)
        {
            throw Refused(method, exception.Message);
        }
    }

    private string PrefixOf(MethodInfo method, CachedAttribute attribute, IReadOnlyList<CachedService> others)
    {
        var prefix = attribute.KeyPrefix ?? $"{CacheKey.Escape(method.DeclaringType!.ToString())}.{method.Name}";
        if (attribute.KeyPrefix is not null && !Prefix().IsMatch(prefix))
        {
            throw new ArgumentException("its KeyPrefix has other characters than letters, digits and . _ ~ / : -, or ends with a colon");
        }

        if (prefix.Length > MaxPrefixLength)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"its key prefix has more than {MaxPrefixLength} characters: give it a KeyPrefix"));
        }

        foreach (var (taken, by) in others.Append(this).SelectMany(service => service._prefixes))
        {
            if ($"{prefix}:".StartsWith($"{taken}:", StringComparison.Ordinal) || $"{taken}:".StartsWith($"{prefix}:", StringComparison.Ordinal))
            {
                throw new ArgumentException($"its keys could be those of {by.DeclaringType}.{by.Name}: give each a KeyPrefix of its own");
            }
        }

        _prefixes.Add(prefix, method);
        return prefix;
    }

    private static CachePolicy PolicyOf(CachedAttribute attribute, bool isMarked)
    {
        var (ttl, stale) = (attribute.TtlSeconds, attribute.StaleSeconds);
        if (!double.IsNaN(ttl) && ttl is not (> 0 and < int.MaxValue))
        {
            throw new ArgumentException("its TtlSeconds must be more than zero");
        }

        if (!double.IsNaN(stale) && (!isMarked || stale is not (>= 0 and < int.MaxValue)))
        {
            throw new ArgumentException(isMarked ? "its StaleSeconds must be zero or more" : "its StaleSeconds mean nothing: only Cached<T> can carry the mark of a stale answer");
        }

        return new CachePolicy
        {
            TimeToLive = double.IsNaN(ttl) ? null : TimeSpan.FromSeconds(ttl),
            StaleWindow = double.IsNaN(stale) ? null : TimeSpan.FromSeconds(stale),
            AllowStale = isMarked,
        };
    }

    private static string TagOf(string tag) => tag.AsSpan().ContainsAny('{', '}')
        ? throw new ArgumentException($"its tag {tag} has braces: a tag is the same for every call")
        : Invalidation.OfTag(tag).Text;

    private InvalidOperationException Refused(MethodInfo method, string reason) => new($"{Type}.{method.Name} cannot be cached: {reason}.");

    [GeneratedRegex(@"^[A-Za-z0-9._~/:\-]*[A-Za-z0-9._~/\-]\z")]
    private static partial Regex Prefix();
}
