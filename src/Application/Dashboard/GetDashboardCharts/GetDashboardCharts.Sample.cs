using NeuroLab.IntegrationTests.Coverage;

namespace NeuroLab.Application.Dashboard;

internal sealed class GetDashboardChartsSample : IRequestSample<GetDashboardCharts>
{
    public GetDashboardCharts Create(SampleUser user) => new(user.Id, "30d", ExperimentType: null);
}
