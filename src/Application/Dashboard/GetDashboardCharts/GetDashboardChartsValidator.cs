using FluentValidation;
using NeuroLab.Application.Common;
using NeuroLab.Domain.Experiments;

namespace NeuroLab.Application.Dashboard;

internal sealed class GetDashboardChartsValidator : AbstractValidator<GetDashboardCharts>
{
    public GetDashboardChartsValidator()
    {
        RuleFor(query => query.Period).OneOf(ChartPeriods.Names).OverridePropertyName("period");
        RuleFor(query => query.ExperimentType).OneOfOrNull(ExperimentNames.Types).OverridePropertyName("experiment_type");
    }
}
