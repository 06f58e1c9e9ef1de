using FluentValidation;
using NeuroLab.Application.Common;
using NeuroLab.Domain.Experiments;

namespace NeuroLab.Application.Experiments;

internal sealed class ListExperimentsValidator : AbstractValidator<ListExperiments>
{
    public ListExperimentsValidator()
    {
        RuleFor(query => query.Limit).FromTo(1, 100).OverridePropertyName("limit");
        RuleFor(query => query.Offset).FromTo(0, int.MaxValue).OverridePropertyName("offset");
        RuleFor(query => query.ExperimentType).OneOfOrNull(ExperimentNames.Types).OverridePropertyName("experiment_type");
        RuleFor(query => query.Status).OneOfOrNull(ExperimentNames.Statuses).OverridePropertyName("status");
    }
}
