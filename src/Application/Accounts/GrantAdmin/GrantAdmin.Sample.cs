using NeuroLab.IntegrationTests.Coverage;

namespace NeuroLab.Application.Accounts;

internal sealed class GrantAdminSample : IRequestSample<GrantAdmin>
{
    public GrantAdmin Create(SampleUser user) => new(user.Email);
}
