using NeuroLab.IntegrationTests.Coverage;

namespace NeuroLab.Application.Accounts;

internal sealed class RotateSigningKeySample : IRequestSample<RotateSigningKey>
{
    public RotateSigningKey Create(SampleUser user) => new();
}
