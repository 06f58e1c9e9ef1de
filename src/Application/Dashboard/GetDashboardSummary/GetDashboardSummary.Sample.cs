using NeuroLab.IntegrationTests.Coverage;

namespace NeuroLab.Application.Dashboard;

internal sealed class GetDashboardSummarySample : IRequestSample<GetDashboardSummary>
{
    public GetDashboardSummary Create(SampleUser user) => new(user.Id);
}
