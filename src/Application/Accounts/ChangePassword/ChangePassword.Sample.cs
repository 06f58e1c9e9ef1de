using NeuroLab.IntegrationTests.Coverage;

namespace NeuroLab.Application.Accounts;

internal sealed class ChangePasswordSample : IRequestSample<ChangePassword>
{
    public ChangePassword Create(SampleUser user) => new(user.Id, SampleUser.Password, "another good password", SampleUser.Address);
}
