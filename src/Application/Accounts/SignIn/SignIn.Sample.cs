using NeuroLab.IntegrationTests.Coverage;

namespace NeuroLab.Application.Accounts;

internal sealed class SignInSample : IRequestSample<SignIn>
{
    public SignIn Create(SampleUser user) => new(user.Email, SampleUser.Password, SampleUser.Address);
}
