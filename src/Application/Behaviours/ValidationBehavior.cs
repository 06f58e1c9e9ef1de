using FluentValidation;
using MediatR;
using NeuroLab.Application.Common;

namespace NeuroLab.Application.Behaviours;

/// <summary>Refuses a request that breaks a rule of its fields, before anything is read or written.</summary>
internal sealed class ValidationBehavior<TRequest, TResponse>(IEnumerable<IValidator<TRequest>> validators) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>
{
    private readonly IValidator<TRequest>[] _validators = [.. validators];

    public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        Dictionary<string, IReadOnlyList<string>>? errors = null;
        foreach (var validator in _validators)
        {
            var result = validator.Validate(request);
            if (!result.IsValid)
            {
                errors ??= [];
                foreach (var field in result.Errors.GroupBy(failure => failure.PropertyName, failure => failure.ErrorMessage))
                {
                    errors[field.Key] = [.. errors.GetValueOrDefault(field.Key, []), .. field];
                }
            }
        }

        return errors is null ? next() : Task.FromException<TResponse>(new RequestValidationException(errors));
    }
}
