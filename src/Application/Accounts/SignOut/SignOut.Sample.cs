using NeuroLab.IntegrationTests.Coverage;

namespace NeuroLab.Application.Accounts;

internal sealed class SignOutSample : IRequestSample<SignOut>
{
    public Task ArrangeAsync(SampleUser user) => user.SendAsync(new SignIn(user.Email, SampleUser.Password, SampleUser.Address));

    public SignOut Create(SampleUser user) => new(user.Id);
}
