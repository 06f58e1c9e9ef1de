using FluentValidation;
using NeuroLab.Domain.Experiments;

namespace NeuroLab.Application.Experiments;

internal sealed class RenameExperimentValidator : AbstractValidator<RenameExperiment>
{
    public RenameExperimentValidator() =>
        RuleFor(command => command.Name).Must(Experiment.IsValidName).WithMessage(Experiment.NameRequirement).OverridePropertyName("name");
}
