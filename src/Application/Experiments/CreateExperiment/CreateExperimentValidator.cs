using FluentValidation;
using FluentValidation.Results;
using NeuroLab.Application.Common;
using NeuroLab.Domain.Experiments;

namespace NeuroLab.Application.Experiments;

internal sealed class CreateExperimentValidator : AbstractValidator<CreateExperiment>
{
    public CreateExperimentValidator()
    {
        RuleFor(command => command.Name).Must(Experiment.IsValidName).WithMessage(Experiment.NameRequirement).OverridePropertyName("name");
        RuleFor(command => command.ExperimentType).OneOf(ExperimentNames.Types).OverridePropertyName("experiment_type");
        RuleFor(command => command).Custom((command, context) =>
        {
            if (ExperimentNames.TryParse(command.ExperimentType, out ExperimentType type))
            {
                foreach (var (field, message) in ExperimentParameterRules.Create(type, RawParameters.From(command.Parameters)).Errors)
                {
                    context.AddFailure(new ValidationFailure(field, message));
                }
            }
        });
    }
}
