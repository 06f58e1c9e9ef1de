using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.IntegrationTests.Coverage;

namespace NeuroLab.Application.CacheAdministration;

internal sealed class ClearCacheSample : IRequestSample<ClearCache>
{
    public ClearCache Create(SampleUser user) => new("*");

    // It is asked for by name: no table that it writes says so.
    public IEnumerable<CacheKey> AlwaysInvalidated(SampleUser user) => [CacheKey.Owned("dashboard", user.Id, "summary"), CacheKey.Of("anything")];
}
