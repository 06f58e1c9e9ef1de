using NeuroLab.IntegrationTests.Coverage;

namespace NeuroLab.Application.Accounts;

internal sealed class RefreshSessionSample : IRequestSample<RefreshSession>
{
    private string _token = "";

    public async Task ArrangeAsync(SampleUser user) =>
        _token = (await user.SendAsync(new SignIn(user.Email, SampleUser.Password, SampleUser.Address))).Value.RefreshToken;

    public RefreshSession Create(SampleUser user) => new(_token);
}
