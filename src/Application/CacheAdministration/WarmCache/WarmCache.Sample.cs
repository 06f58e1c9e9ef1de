using NeuroLab.IntegrationTests.Coverage;

namespace NeuroLab.Application.CacheAdministration;

internal sealed class WarmCacheSample : IRequestSample<WarmCache>
{
    public WarmCache Create(SampleUser user) => new(user.Email);
}
