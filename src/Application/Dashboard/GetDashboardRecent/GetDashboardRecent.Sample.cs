using NeuroLab.IntegrationTests.Coverage;

namespace NeuroLab.Application.Dashboard;

internal sealed class GetDashboardRecentSample : IRequestSample<GetDashboardRecent>
{
    public GetDashboardRecent Create(SampleUser user) => new(user.Id, Limit: 10, Days: 30);
}
