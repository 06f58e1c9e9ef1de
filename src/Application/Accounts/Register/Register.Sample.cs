using NeuroLab.IntegrationTests.Coverage;

namespace NeuroLab.Application.Accounts;

internal sealed class RegisterSample : IRequestSample<Register>
{
    public Register Create(SampleUser user) => new($"new-{user.Email}", "New", SampleUser.Password);
}
