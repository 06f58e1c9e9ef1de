using System.Globalization;
using System.Reflection;
using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Infrastructure.Caching.FrontDoors;

/// <summary>Stands in for a service: its cached methods are answered by the engine, all others by the service itself. As thread-safe as the service.</summary>
#pragma warning disable CA1852 // The proxy's type is derived from this one at run time.
internal class CachedProxy : DispatchProxy
#pragma warning restore CA1852
{
    private CachedService _service = null!;
    private object _inner = null!;
    private ICache _cache = null!;

    /// <summary>Makes a proxy.</summary>
    /// <param name="service">What is cached of it.</param>
    /// <param name="inner">The caller's instance, for the methods that are not.</param>
    /// <param name="cache">The engine.</param>
    public static TService Of<TService>(CachedService service, TService inner, ICache cache)
        where TService : class
    {
        var proxy = Create<TService, CachedProxy>();
        var self = (CachedProxy)(object)proxy;
        (self._service, self._inner, self._cache) = (service, inner, cache);
        return proxy;
    }

    /// <inheritdoc />
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _service.Methods.TryGetValue(targetMethod!, out var method)
        ? method.Answer(_cache, args ?? [])
        : targetMethod!.Invoke(_inner, BindingFlags.DoNotWrapExceptions, null, args, CultureInfo.InvariantCulture);
}
